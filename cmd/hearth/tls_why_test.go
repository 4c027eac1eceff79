package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/crypto/acme"

	"hearth/hub/web"
)

// TestWhyNoCertificate: every kind of refusal gives a sentence that says what to
// do, also when the library has forgotten why (refusals remembers).
func TestWhyNoCertificate(t *testing.T) {
	const urn = "urn:ietf:params:acme:error:"
	for kind, want := range map[string]string{
		"dns": "getent hosts groups.example.org", "connection": "was not reached from outside", "tls": "was not reached from outside",
		"unauthorized": "answers for groups.example.org", "incorrectResponse": "answers for groups.example.org", "rateLimited": "wants a rest: later, please",
		"caa": "CAA record", "rejectedIdentifier": "Use another name", "serverInternal": "something else",
	} {
		said := &certifier{host: "groups.example.org", refused: &refusals{}}
		if got := said.why(&acme.Error{ProblemType: urn + kind, Detail: "later, please"}); kind != "serverInternal" && !strings.Contains(got, want) {
			t.Errorf("%s, said: %s", kind, got)
		}
		said.refused.last = problem{urn + kind, "later, please"}
		if got := said.why(errors.New("something else")); !strings.Contains(got, want) {
			t.Errorf("%s, remembered: %s", kind, got)
		}
	}
	away := &certifier{authority: "https://acme.example.org/dir", refused: &refusals{}}
	if got := away.why(&url.Error{Op: "Get", Err: errors.New("refused")}); !strings.Contains(got, "https://acme.example.org/dir was not reached") {
		t.Errorf("an authority that is away: %s", got)
	}
}

// TestDoctorPlainHTTP: what an authority would find on plain http, with what to do.
func TestDoctorPlainHTTP(t *testing.T) {
	public := &url.URL{Scheme: "https", Host: "localhost"}
	look := func(at string, public *url.URL) finding {
		p := &patient{config: config{tls: tlsAuto, httpListen: at}, public: public}
		all := p.plainHTTP(t.Context())
		if len(all) != 1 {
			t.Fatalf("it found %v", all)
		}
		return all[0]
	}
	serve := func(handler http.Handler) string {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return server.Listener.Addr().String()
	}
	for want, got := range map[string]finding{
		"leads on to https://localhost": look(serve(web.ToHTTPS(public)), public),
		"another program answers":       look(serve(http.NotFoundHandler()), public),
		"nobody answers at":             look(freePort(t), public),
		"leads nowhere":                 look(freePort(t), &url.URL{Scheme: "https", Host: "groups.invalid"}),
	} {
		if (got.grade == fine) != strings.HasPrefix(want, "leads on") || !strings.Contains(got.say, want) {
			t.Errorf("%s: %+v", want, got)
		}
	}
	if all := (&patient{config: config{tls: tlsOff}, public: public}).plainHTTP(context.Background()); all != nil {
		t.Errorf("behind a proxy it says %v", all)
	}
}

// TestNearbyIsOurs: the address is one of this machine's.
func TestNearbyIsOurs(t *testing.T) {
	at, found := nearby()
	if !found {
		if networked(t) {
			t.Error("this machine is on a network")
		}
		return
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(at.String(), "0"))
	if err != nil {
		t.Fatalf("%v is not this machine's: %v", at, err)
	}
	listener.Close()
}
