//go:build linux || darwin

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// authority is a real ACME server (pebble) with a name server of its own, in
// which every name leads to this machine.
type authority struct {
	directory   string
	file        string // what its own https is signed with
	root        *x509.CertPool
	http, https string // where it looks for proofs
}

// startAuthority builds and starts one. Every name leads to the address names.
// With onlyHTTP its look at https finds nobody, so that proof is by HTTP-01.
func startAuthority(t *testing.T, names string, onlyHTTP bool) *authority {
	t.Helper()
	dir := t.TempDir()
	for _, tool := range []string{"pebble", "pebble-challtestsrv"} {
		build := exec.Command("go", "build", "-o", filepath.Join(dir, tool), "github.com/letsencrypt/pebble/v2/cmd/"+tool)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", tool, err, out)
		}
	}
	own, key := selfSigned(t, dir)
	listen, manage, dns, dnsManage := freePort(t), freePort(t), freePort(t), freePort(t)
	a := &authority{directory: "https://" + listen + "/dir", file: own, http: freePort(t), https: freePort(t)}
	looksAt := a.https
	if onlyHTTP {
		looksAt = freePort(t)
	}
	settings, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": listen, "managementListenAddress": manage, "certificate": own, "privateKey": key,
		"httpPort": portOf(a.http), "tlsPort": portOf(looksAt), "keyAlgorithm": "ecdsa",
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "pebble.json")
	if err := os.WriteFile(file, settings, 0o600); err != nil {
		t.Fatal(err)
	}
	runBeside(t, filepath.Join(dir, "pebble-challtestsrv"), "-dnsserver", dns, "-management", dnsManage, "-defaultIPv4", names, "-defaultIPv6", "",
		"-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "")
	runBeside(t, filepath.Join(dir, "pebble"), "-config", file, "-dnsserver", dns)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(read(t, own))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	a.root = x509.NewCertPool()
	patiently(t, "the authority answers", func() bool {
		resp, err := client.Get("https://" + manage + "/roots/0")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return a.root.AppendCertsFromPEM(body)
	})
	return a
}

func portOf(addr string) int {
	_, port, _ := net.SplitHostPort(addr)
	n, _ := strconv.Atoi(port)
	return n
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// runBeside starts a program without waits between its proofs, for as long as
// the test runs.
func runBeside(t *testing.T, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said\n%s", filepath.Base(program), said.String())
		}
	})
}

// patiently asks again until something holds, for a minute at most.
func patiently(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// selfSigned makes a certificate for this machine.
func selfSigned(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of a test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "own.pem"), filepath.Join(dir, "own.key")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

const acmeHost = "groups.example.org"

// serveTLS starts hearth with --tls auto and waits until it answers on plain http.
func (a *authority) serveTLS(t *testing.T, folder string) (*running, *http.Client) {
	t.Helper()
	r := &running{T: t, listen: a.https, ops: freePort(t), out: &pen{}, errs: &pen{}, gone: make(chan struct{})}
	r.url = fmt.Sprintf("https://%s:%d", acmeHost, portOf(a.https))
	r.cmd = exec.Command(program, "serve", "--tls", "auto", "--listen", a.https, "--http-listen", a.http, "--acme-directory", a.directory,
		"--public-url", r.url, "--data", folder, "--metrics-listen", r.ops)
	r.cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+a.file)
	r.cmd.Stdout, r.cmd.Stderr = r.out, r.errs
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		r.cmd.Wait()
		close(r.gone)
	}()
	t.Cleanup(r.kill)
	way := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: a.root},
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) { // the name leads here
			_, port, _ := net.SplitHostPort(addr)
			return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		},
	}
	client := &http.Client{Transport: way, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	patiently(t, "hearth answers on plain http", func() bool {
		select {
		case <-r.gone:
			t.Fatalf("hearth has ended: %s", r.errs.String())
		default:
		}
		resp, err := client.Get(r.plain("/"))
		if err != nil {
			return false
		}
		resp.Body.Close()
		return true
	})
	return r, client
}

// plain is an address on plain http.
func (r *running) plain(path string) string {
	for i, arg := range r.cmd.Args {
		if arg == "--http-listen" {
			return fmt.Sprintf("http://%s:%d%s", acmeHost, portOf(r.cmd.Args[i+1]), path)
		}
	}
	return ""
}

func ask(t *testing.T, client *http.Client, to string) (status int, header http.Header, body string) {
	t.Helper()
	resp, err := client.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, strings.TrimSpace(string(text))
}
