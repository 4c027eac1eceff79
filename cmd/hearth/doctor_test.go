package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// grades reads what the doctor found: the grade of each line by what it is about;
// the worst where there are several.
func grades(page string) map[string]grade {
	all := map[string]grade{}
	for _, m := range regexp.MustCompile(`(?m)^(ok|look|bad) {1,4} (\S[^ ]*(?: [^ ]+)?) +`).FindAllStringSubmatch(page, -1) {
		what := strings.TrimSpace(m[0][6:18])
		if g := grade(m[1]); all[what] == "" || g == bad || g == look && all[what] == fine {
			all[what] = g
		}
	}
	return all
}

// diagnosis runs the doctor and wants these grades; every other must be ok.
func diagnosis(t *testing.T, env, args []string, want map[string]grade) ran {
	t.Helper()
	got := hearthRun(t, env, append([]string{"doctor"}, args...)...)
	code := 0
	for _, g := range want {
		if g == bad {
			code = 1
		}
	}
	if got.code != code {
		t.Errorf("the doctor ended with %d, want %d", got.code, code)
	}
	found := grades(got.out)
	for what, g := range found {
		if w := want[what]; w == "" && g != fine || w != "" && w != g {
			t.Errorf("%s is %s, want %q", what, g, w)
		}
	}
	for what := range want {
		if found[what] == "" {
			t.Errorf("nothing is said of %s", what)
		}
	}
	if t.Failed() {
		t.Logf("%s%s", got.out, got.errs)
	}
	return got
}

// A gate is a proxy with TLS in front of a hearth.
type gate struct {
	url, roots string
	server     *httptest.Server
	to         atomic.Pointer[url.URL] // set once the hearth behind it has its port
	numbers    atomic.Pointer[running] // whose metrics it gives away; nil: nobody's
}

// newGate makes a proxy whose certificate ends at a time; bent is what it does
// wrong.
func newGate(t *testing.T, ends time.Time, bent func(*httputil.ProxyRequest)) *gate {
	t.Helper()
	g := &gate{}
	g.to.Store(&url.URL{Scheme: "http", Host: freePort(t)})
	through := &httputil.ReverseProxy{ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(g.to.Load())
		r.Out.Host = r.In.Host
		r.SetXForwarded()
		if bent != nil {
			bent(r)
		}
	}}
	g.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if of := g.numbers.Load(); of != nil && r.URL.Path == "/metrics" {
			w.Write([]byte(of.numbers()))
			return
		}
		through.ServeHTTP(w, r)
	}))
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: ends, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	g.roots = filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(g.roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	g.server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	g.server.StartTLS()
	t.Cleanup(g.server.Close)
	g.url = g.server.URL
	return g
}

// behind starts a hearth behind a gate; args are what the doctor is called with.
func (g *gate) behind(t *testing.T) (r *running, env, args []string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "data")
	r = serveIn(t, folder, "--public-url", g.url, "--trusted-proxies", "127.0.0.1")
	g.to.Store(&url.URL{Scheme: "http", Host: r.listen})
	return r, []string{"SSL_CERT_FILE=" + g.roots}, []string{
		"--data", folder, "--public-url", g.url, "--listen", r.listen, "--metrics-listen", r.ops, "--trusted-proxies", "127.0.0.1",
	}
}

func inDays(n int) time.Time { return time.Now().Add(time.Duration(n)*24*time.Hour + time.Hour) }

// TestDoctorAtAHealthyHouse: nothing but ok and what no test can bring along.
func TestDoctorAtAHealthyHouse(t *testing.T) {
	r, env, args := newGate(t, inDays(60), nil).behind(t)
	got := diagnosis(t, env, args, map[string]grade{"backup": look})
	for _, says := range []string{"trust it, for 60 more days", "another site gets no socket", "a WebSocket goes through", "--trusted-proxies names", "is ready"} {
		if !strings.Contains(got.out, says) {
			t.Errorf("%q is not in\n%s", says, got.out)
		}
	}
	diagnosis(t, env, args[:len(args)-2], map[string]grade{"backup": look, "settings": look, "proxy": look})
	diagnosis(t, env, append(args, "--unsafe-lift-rate-limits"), map[string]grade{"backup": look, "settings": bad})
	r.kill()
	diagnosis(t, env, args, map[string]grade{"backup": look, "public URL": bad})
}

func TestDoctorReadsTheCertificate(t *testing.T) {
	for _, c := range []struct {
		days  int
		want  map[string]grade
		words string
	}{
		{13, map[string]grade{"certificate": look}, "13 more days"},
		{1, map[string]grade{"certificate": bad}, "1 more day only"},
		{-1, map[string]grade{"certificate": bad, "public URL": bad}, "browsers will refuse it"},
	} {
		r, env, args := newGate(t, inDays(c.days), nil).behind(t)
		c.want["backup"] = look
		end := regexp.MustCompile(`(?m)^hearth_certificate_end_seconds (\S+)$`)
		r.wait("the metrics tell when the certificate ends", func() bool {
			m := end.FindStringSubmatch(r.numbers())
			return m != nil && near(m[1], float64(inDays(c.days).Unix()-30))
		})
		if got := diagnosis(t, env, args, c.want); !strings.Contains(got.out, c.words) {
			t.Errorf("%d days: %q is not in\n%s", c.days, c.words, got.out)
		}
	}
}

// TestDoctorSeesWhatTheProxyBends: each of the usual mistakes has its line.
func TestDoctorSeesWhatTheProxyBends(t *testing.T) {
	for name, c := range map[string]struct {
		bent func(*httputil.ProxyRequest)
		want map[string]grade
	}{
		"the host": {func(r *httputil.ProxyRequest) { r.Out.Host = "127.0.0.1" }, map[string]grade{"sockets": bad, "origin": bad}},
		"the upgrade": {func(r *httputil.ProxyRequest) { r.Out.Header.Del("Upgrade"); r.Out.Header.Del("Connection") },
			map[string]grade{"sockets": bad}},
		"the origin": {func(r *httputil.ProxyRequest) { r.Out.Header.Set("Origin", "https://"+r.In.Host) }, map[string]grade{"origin": bad}},
		"no origin":  {func(r *httputil.ProxyRequest) { r.Out.Header.Del("Origin") }, map[string]grade{"sockets": bad}},
	} {
		t.Run(name, func(t *testing.T) {
			_, env, args := newGate(t, inDays(60), c.bent).behind(t)
			c.want["backup"] = look
			diagnosis(t, env, args, c.want)
		})
	}
}

// TestDoctorSeesMetricsOutside: a proxy that gives them away is bad.
func TestDoctorSeesMetricsOutside(t *testing.T) {
	g := newGate(t, inDays(60), nil)
	r, env, args := g.behind(t)
	g.numbers.Store(r)
	diagnosis(t, env, args, map[string]grade{"backup": look, "metrics": bad})
}

// TestDoctorLooksAtTheFolder: rights, and files that came back as another user's.
func TestDoctorLooksAtTheFolder(t *testing.T) {
	r, env, args := newGate(t, inDays(60), nil).behind(t)
	folder := args[1]
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	diagnosis(t, env, args, map[string]grade{"backup": look, "data folder": bad})
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	r.kill()
	if err := os.Chown(filepath.Join(folder, "hearth.db"), 65532, -1); err == nil { // only root may
		diagnosis(t, env, args, map[string]grade{"backup": look, "data folder": bad, "public URL": bad})
	}
	args[1] = filepath.Join(folder, "nowhere")
	diagnosis(t, env, args, map[string]grade{"backup": look, "data folder": look, "public URL": bad})
}

// TestBackupAge: the doctor and the metrics read the same stamp.
func TestBackupAge(t *testing.T) {
	r, env, args := newGate(t, inDays(60), nil).behind(t)
	if strings.Contains(r.numbers(), "hearth_backup_age_seconds") {
		t.Error("an age of a backup that nobody made")
	}
	stamp := filepath.Join(args[1], "last-backup")
	for _, c := range []struct {
		hours int
		want  map[string]grade
	}{{3, nil}, {27, map[string]grade{"backup": bad}}} {
		if err := os.WriteFile(stamp, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		made := time.Now().Add(-time.Duration(c.hours) * time.Hour)
		if err := os.Chtimes(stamp, made, made); err != nil {
			t.Fatal(err)
		}
		_ = os.Chown(stamp, 65532, -1) // only root may; who makes backups need not be hearth
		if got := diagnosis(t, env, args, c.want); !strings.Contains(got.out, fmt.Sprint(c.hours, " hours old")) {
			t.Errorf("the age is not in\n%s", got.out)
		}
		if m := regexp.MustCompile(`(?m)^hearth_backup_age_seconds (\S+)$`).FindStringSubmatch(r.numbers()); m == nil || !near(m[1], float64(c.hours)*3600) {
			t.Errorf("the metric is %q, want %d hours", m, c.hours)
		}
	}
}

func near(text string, want float64) bool {
	got, err := strconv.ParseFloat(text, 64)
	return err == nil && got >= want && got < want+60
}

func TestKernelAddress(t *testing.T) {
	for text, want := range map[string]string{
		"0100007F:1F90":                         "127.0.0.1:8080",
		"0000000000000000FFFF00000100007F:0050": "[::ffff:127.0.0.1]:80",
		"00000000000000000000000001000000:01BB": "[::1]:443",
	} {
		if got, ok := kernelAddress(text); !ok || got.String() != want {
			t.Errorf("%s is %v, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "xx:80", "0100007F", "0100007F:1FFFF", "01:50"} {
		if got, ok := kernelAddress(text); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}
