package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"hearth/hub/socket"
	"hearth/hub/web"
)

// Values of --tls.
const (
	tlsOff  = "off"  // plain http; a proxy brings https
	tlsAuto = "auto" // certificates by ACME (RFC 8555), inside hearth
)

// letsEncrypt is the authority that is asked when no other is named.
const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

func checkTLS(v string) error {
	if v != tlsOff && v != tlsAuto {
		return fmt.Errorf("%q is neither off nor auto", v)
	}
	return nil
}

func checkDirectory(v string) error {
	if u, err := url.Parse(v); err != nil || u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is not an address such as %s", v, letsEncrypt)
	}
	return nil
}

// fitTLS wants settings that an authority can give a certificate for.
func (c *config) fitTLS(from map[string]string) error {
	if c.tls != tlsAuto {
		return nil
	}
	switch {
	case c.dbURL != "":
		return fmt.Errorf("%s: the certificate is kept in the data folder, so this is for one hearth with a data folder; in front of PostgreSQL put a proxy with https (docs/deploy)", from["tls"])
	case c.public == nil:
		return fmt.Errorf("%s: auto needs --public-url, such as https://groups.example.org", from["tls"])
	case c.public.Scheme != "https":
		return fmt.Errorf("%s: with --tls auto it begins with https://", from["public-url"])
	}
	host := c.public.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(strings.Trim(host, "."), ".") {
		return fmt.Errorf("%s: %s can get no certificate; it takes a name of your own that leads to this machine, such as groups.example.org", from["public-url"], host)
	}
	return nil
}

// certificates is the folder they are kept in, with their keys and the account's.
func (c config) certificates() string { return filepath.Join(c.data, "certificates") }

// certifier gets a certificate for one host, keeps it and renews it. Safe for
// use by many goroutines.
type certifier struct {
	host      string
	authority string
	manager   *autocert.Manager
	refused   *refusals
	log       *slog.Logger
	there     atomic.Bool // a certificate was had
	http      *http.Server
	httpAt    net.Addr
}

// certify begins to answer on port 80, where an authority asks and where people
// come who type no scheme. The certificate itself is asked for by [certifier.obtain].
func certify(c config, public *url.URL, log *slog.Logger) (*certifier, error) {
	cache := autocert.DirCache(c.certificates())
	listener, err := net.Listen("tcp", c.httpListen)
	if err != nil {
		return nil, fmt.Errorf("listen for plain http, which --tls auto needs: %w", err)
	}
	refused := &refusals{}
	t := &certifier{
		host: public.Hostname(), authority: c.acme, refused: refused, log: log, httpAt: listener.Addr(),
		manager: &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: cache, HostPolicy: onlyHost(public.Hostname()),
			Client: &acme.Client{DirectoryURL: c.acme, UserAgent: "hearth/" + versionOf(), HTTPClient: &http.Client{Transport: refused, Timeout: time.Minute}},
		},
	}
	t.http = web.PlainServer(t.manager.HTTPHandler(web.ToHTTPS(public)), c.trusted)
	go t.http.Serve(listener) // ends when it is closed
	return t, nil
}

// onlyHost lets a certificate be asked for one host only. Over plain http the
// library hands in what stands in Host, with its port if it is not 80.
func onlyHost(host string) autocert.HostPolicy {
	return func(_ context.Context, asked string) error {
		if name, _, err := net.SplitHostPort(asked); err == nil {
			asked = name
		}
		if asked != host {
			return errOtherName
		}
		return nil
	}
}

// hello is what a browser of today says. Asking in its words only, hearth never
// gets a second certificate because a stranger says something else.
func (t *certifier) hello() *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{ServerName: t.host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}
}

var (
	errOtherName     = errors.New("no certificate for this name")
	errNoCertificate = errors.New("there is no certificate yet")
)

// config is how hearth speaks TLS: 1.2 and up, HTTP/1.1 only, since what guards
// connections counts one request on each at a time.
func (t *certifier) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1", acme.ALPNProto},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			switch {
			case len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == acme.ALPNProto:
				return t.manager.GetCertificate(hello) // the authority, looking (RFC 8737)
			case !strings.EqualFold(strings.TrimSuffix(hello.ServerName, "."), t.host):
				return nil, errOtherName
			case !t.there.Load():
				// A stranger who knocks must not use up the authority's patience.
				return nil, errNoCertificate
			}
			return t.manager.GetCertificate(t.hello())
		},
	}
}

// waits between tries, so that a wrong setting does not use up what an authority
// allows in an hour. The last is kept to.
var waits = []time.Duration{2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

// obtain asks for the certificate until there is one. It is renewed by itself
// from then on. Call it once, beside the servers.
func (t *certifier) obtain(ctx context.Context) {
	for try := 0; ; try++ {
		t.log.Info("asking for a certificate, or reading the one that is kept", "public", t.host)
		_, err := t.manager.GetCertificate(t.hello())
		if err == nil {
			t.there.Store(true)
			t.log.Info("there is a certificate", "public", t.host)
			return
		}
		wait := waits[min(try, len(waits)-1)]
		t.log.Error("no certificate: "+t.why(err), "wait", wait)
		again := time.NewTimer(wait)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return
		}
	}
}

// openPlain begins to answer on port 80, with --tls auto.
func (h *hearth) openPlain() (err error) {
	if h.cfg.tls == tlsAuto {
		h.certs, err = certify(h.cfg, h.public, h.log)
	}
	return err
}

func (h *hearth) closePlain() error {
	if h.certs == nil {
		return nil
	}
	return h.certs.http.Close()
}

// serveTLS gives what serves https on a listener, and begins to ask for the
// certificate, until ctx ends.
func (h *hearth) serveTLS(ctx context.Context) func(net.Listener) error {
	h.web.TLSConfig = h.certs.config()
	h.web.Protocols = new(http.Protocols)
	h.web.Protocols.SetHTTP1(true)
	go h.certs.obtain(ctx)
	return func(l net.Listener) error {
		return h.web.ServeTLS(bufferedListener{l, socket.SendBuffer}, "", "")
	}
}

// bufferedListener is a listener whose connections have the kernel buffer that sockets
// want; behind TLS it cannot be set any more (walls §2.4).
type bufferedListener struct {
	net.Listener
	size int
}

// Accept waits for the next connection.
func (l bufferedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, is := conn.(*net.TCPConn); is {
		_ = tcp.SetWriteBuffer(l.size) // a refusal only means the kernel's own size
	}
	return conn, err
}
