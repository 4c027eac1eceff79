//go:build linux || darwin

package main

import (
	"crypto/tls"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"hearth/hub/socket"
)

// TestTLSAuto: hearth gets a certificate from a real ACME server, serves with
// it, leads plain http on, keeps it where nobody else can read it, and uses it
// again after a restart.
func TestTLSAuto(t *testing.T) {
	a := startAuthority(t, "127.0.0.1", false)
	folder := filepath.Join(t.TempDir(), "data")
	server, client := a.serveTLS(t, folder)
	certified(t, client, server)
	socketOpens(t, client, server)
	if status, header, _ := ask(t, client, server.plain("/rights?x=1")); status != http.StatusPermanentRedirect || header.Get("Location") != server.url+"/rights?x=1" {
		t.Errorf("plain http answers %d, Location %q", status, header.Get("Location"))
	}
	if status, _, _ := ask(t, client, strings.Replace(server.plain("/"), acmeHost, "elsewhere.example.org", 1)); status != http.StatusMisdirectedRequest {
		t.Errorf("another host is answered with %d", status)
	}
	if _, err := tls.Dial("tcp", a.https, &tls.Config{ServerName: "elsewhere.example.org", InsecureSkipVerify: true}); err == nil {
		t.Error("another name got a certificate")
	}
	kept := keptIn(t, filepath.Join(folder, "certificates"))
	if kept[acmeHost] == 0 {
		t.Fatalf("the folder of certificates holds %v", kept)
	}
	for name, mode := range kept {
		if mode.Perm()&0o077 != 0 {
			t.Errorf("%s has %v", name, mode)
		}
	}
	if got := hearthRun(t, []string{"HEARTH_TLS=auto", "HEARTH_LISTEN=" + a.https, "HEARTH_PUBLIC_URL=" + server.url}, "health"); got.code != 0 {
		t.Errorf("health says %s", got.errs)
	}
	first := serialOf(t, a)
	if code := server.stop(); code != 0 {
		t.Fatalf("SIGTERM ends with %d\n%s", code, server.errs)
	}
	a.directory = "https://127.0.0.1:1/dir" // the authority is away
	server, client = a.serveTLS(t, folder)
	patiently(t, "the kept certificate is used", func() bool { _, err := client.Get(server.url + "/"); return err == nil })
	if serialOf(t, a) != first {
		t.Error("another certificate is shown after the restart")
	}
	if strings.Contains(server.errs.String(), "no certificate") {
		t.Errorf("it says\n%s", server.errs)
	}
}

// TestTLSAutoByHTTP: where only port 80 can be reached, the proof goes that way.
func TestTLSAutoByHTTP(t *testing.T) {
	a := startAuthority(t, "127.0.0.1", true)
	server, client := a.serveTLS(t, filepath.Join(t.TempDir(), "data"))
	certified(t, client, server)
}

func certified(t *testing.T, client *http.Client, server *running) {
	t.Helper()
	patiently(t, "hearth is ready behind a certificate that is trusted", func() bool {
		resp, err := client.Get(server.url + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// socketOpens: a WebSocket goes through TLS, there and back.
func socketOpens(t *testing.T, client *http.Client, server *running) {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), server.url+"/api/live/doctor?room=doctor", &websocket.DialOptions{
		HTTPClient: client, HTTPHeader: http.Header{"Origin": {server.url}}, Subprotocols: []string{socket.Protocol},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if _, _, err = conn.Read(t.Context()); websocket.CloseStatus(err) != notOurs {
		t.Errorf("the socket of nobody's seat ends with %v", err)
	}
}

// serialOf gives the serial number of the certificate that is shown.
func serialOf(t *testing.T, a *authority) string {
	t.Helper()
	conn, err := tls.Dial("tcp", a.https, &tls.Config{ServerName: acmeHost, RootCAs: a.root})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
}

func keptIn(t *testing.T, folder string) map[string]os.FileMode {
	t.Helper()
	kept := map[string]os.FileMode{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		kept[d.Name()] = info.Mode()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// TestTLSAutoSaysWhy: where the authority reaches somebody else, or nobody, hearth stays up,
// gives no stranger a certificate, and says what to do.
func TestTLSAutoSaysWhy(t *testing.T) {
	a := startAuthority(t, "127.0.0.2", false) // the name leads to a machine where nobody listens
	server, _ := a.serveTLS(t, filepath.Join(t.TempDir(), "data"))
	patiently(t, "hearth says why", func() bool { return strings.Contains(server.errs.String(), "no certificate:") })
	said := server.errs.String()
	if !strings.Contains(said, "was not reached from outside on ports 80 and 443") || !strings.Contains(said, acmeHost) {
		t.Errorf("it says\n%s", said)
	}
	if _, err := tls.Dial("tcp", a.https, &tls.Config{ServerName: acmeHost, InsecureSkipVerify: true}); err == nil {
		t.Error("there is a certificate")
	}
	if strings.Count(server.errs.String(), "asking for a certificate") != 1 {
		t.Error("a stranger made hearth ask again")
	}
	server.stop()
	a.directory = "https://" + freePort(t) + "/dir"
	server, _ = a.serveTLS(t, filepath.Join(t.TempDir(), "data"))
	patiently(t, "hearth says that the authority is away", func() bool { return strings.Contains(server.errs.String(), "was not reached. Can this machine reach") })
}

// TestTLSSettings: what cannot work is refused before anything is opened.
func TestTLSSettings(t *testing.T) {
	for want, args := range map[string][]string{
		"auto needs --public-url":   {"--tls", "auto"},
		"begins with https://":      {"--tls", "auto", "--public-url", "http://groups.example.org"},
		"192.0.2.1 can get no":      {"--tls", "auto", "--public-url", "https://192.0.2.1"},
		"localhost can get no":      {"--tls", "auto", "--public-url", "https://localhost"},
		"is neither off nor auto":   {"--tls", "on"},
		"is not an address such as": {"--tls", "auto", "--acme-directory", "http://acme.example.org/dir"},
		"so this is for one hearth": {"--tls", "auto", "--public-url", "https://groups.example.org", "--database-url", "postgres://db/hearth", "--key-file", "key"},
	} {
		if got := hearthRun(t, nil, append([]string{"check-config"}, args...)...); got.code != exitUsage || !strings.Contains(got.errs, want) || strings.Count(got.errs, "\n") != 1 {
			t.Errorf("%q ended with %d %s", args, got.code, got.errs)
		}
	}
	got := hearthRun(t, nil, "check-config", "--tls", "auto", "--public-url", "https://groups.example.org")
	for _, want := range []string{":443\n", ":80\n", letsEncrypt} {
		if !strings.Contains(got.out, want) {
			t.Errorf("check-config says\n%s", got.out)
		}
	}
	if strings.Contains(got.out, "trusted-proxies is empty") {
		t.Errorf("it warns of a proxy that is not there\n%s", got.out)
	}
}
