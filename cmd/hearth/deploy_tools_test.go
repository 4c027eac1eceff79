package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearth/hub/relay"
	"hearth/hub/remote"
	"hearth/hub/remote/redistest"
)

// tryTool lets a proxy's own program check a sample where it is installed in a
// version that knows it; nothing needs it to be.
func tryTool(t *testing.T, tool string, version []string, knows *regexp.Regexp, args ...string) {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		return
	}
	if out, err := exec.CommandContext(t.Context(), path, version...).CombinedOutput(); err != nil || !knows.Match(out) {
		t.Logf("%s is too old to be asked: %s", tool, out)
		return
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s does not take it: %v\n%s", tool, err, out)
	}
}

// nginxTakes lets nginx check its sample, with a certificate that exists.
func nginxTakes(t *testing.T, sample string) {
	t.Helper()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	site := strings.NewReplacer("/etc/ssl/", dir+"/", "/var/log/nginx/", dir+"/").Replace(sample)
	for name, text := range map[string]string{
		"groups.pem": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		"groups.key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
		"site.conf":  site,
		"nginx.conf": "pid " + dir + "/pid; error_log " + dir + "/error; events {} http { include " + dir + "/site.conf; }",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tryTool(t, "nginx", []string{"-v"}, regexp.MustCompile(`nginx/1\.(1[89]|[2-9]\d)\.`), "-t", "-c", filepath.Join(dir, "nginx.conf"))
}

// TestUsersACL: a real Redis takes the file; nobody gets in without a password,
// hearth does, what it needs works, and nothing dangerous does.
func TestUsersACL(t *testing.T) {
	text := strings.ReplaceAll(sample(t, "users.acl"), "CHANGE-ME-REDIS", "canary")
	if !strings.HasPrefix(text, "user default off\n") || !strings.Contains(sample(t, "users.acl"), strings.Replace(aclLine, ">PASSWORD", ">CHANGE-ME-REDIS", 1)) {
		t.Fatalf("the file is\n%s", text)
	}
	// The test's own way in; in its place the file has: user default off.
	text = strings.Replace(text, "user default off", "user default on >for-tests-only ~* &* +@all", 1)
	file := filepath.Join(t.TempDir(), "users.acl")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	server := redistest.Start(t, redistest.Options{Password: "for-tests-only", Settings: []string{"aclfile", file}})
	r, err := remote.Open(t.Context(), remote.Options{URL: "redis://hearth:canary@" + server.Addr() + "/0"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	between := relay.NewRedis(r.Client(), [32]byte{1}, nil)
	defer between.Close()
	heard := make(chan string, 1)
	cancel, err := between.Subscribe(t.Context(), "a", func(m []byte) { heard <- string(m) }, func() {})
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	if err := between.Publish(t.Context(), "a", []byte("hello")); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-heard:
		if m != "hello" {
			t.Errorf("heard %q", m)
		}
	case <-time.After(5 * time.Second):
		t.Error("nothing was heard")
	}
	for _, command := range [][]any{{"CONFIG", "GET", "dir"}, {"EVAL", "return 1", 0}, {"FLUSHALL"}, {"KEYS", "*"}, {"GET", "other"}, {"PUBLISH", "other", "x"}, {"ACL", "LIST"}} {
		if err := r.Client().Do(t.Context(), command...).Err(); !refusedByACL(err) {
			t.Errorf("%v: %v, want a refusal", command, err)
		}
	}
}
