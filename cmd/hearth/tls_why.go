package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"

	"golang.org/x/crypto/acme"
)

// problem is what an ACME server says is wrong (RFC 8555 §6.7).
type problem struct {
	Type   string `json:"type"`
	Detail string `json:"detail"`
}

// refusals is a way to an ACME server that remembers why it found a host not to
// be ours: the library goes on to the next kind of proof and forgets. Safe for
// use by many goroutines.
type refusals struct {
	mu   sync.Mutex
	last problem
}

// answerMost is the largest answer that is read for a reason.
const answerMost = 1 << 16

// RoundTrip sends a request and looks at what comes back.
func (r *refusals) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil || !strings.Contains(resp.Header.Get("Content-Type"), "json") {
		return resp, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerMost))
	if err != nil {
		return resp, errors.Join(err, resp.Body.Close())
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
	var authorization struct {
		Status     string `json:"status"`
		Challenges []struct {
			Error *problem `json:"error"`
		} `json:"challenges"`
	}
	if json.Unmarshal(body, &authorization) == nil && authorization.Status == "invalid" {
		for _, c := range authorization.Challenges {
			if c.Error != nil {
				r.mu.Lock()
				r.last = *c.Error
				r.mu.Unlock()
			}
		}
	}
	return resp, nil
}

func (r *refusals) why() problem {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// why says in a sentence for the volunteer who installs hearth what kept the
// certificate away, and what to do.
func (t *certifier) why(err error) string {
	p := t.refused.why()
	if said := (*acme.Error)(nil); errors.As(err, &said) {
		p = problem{said.ProblemType, said.Detail}
	}
	untrusted, away := (*tls.CertificateVerificationError)(nil), (*url.Error)(nil)
	switch path.Base(strings.ReplaceAll(p.Type, ":", "/")) {
	case "dns":
		return fmt.Sprintf("%s leads nowhere. Enter this machine's public address for it where the name was bought (an A record, and AAAA for IPv6), wait some minutes, and look with: getent hosts %s", t.host, t.host)
	case "connection", "tls":
		return fmt.Sprintf("%s was not reached from outside on ports 80 and 443. Is the name this machine's, does the firewall let both in, does the router at home pass both on to this machine?", t.host)
	case "unauthorized", "incorrectResponse":
		return fmt.Sprintf("another machine, or another program on this one, answers for %s. The name must lead to this machine (A and AAAA record), and nothing but hearth may answer on port 80.", t.host)
	case "rateLimited":
		return "the authority was asked too often and wants a rest: " + oneLine(errors.New(p.Detail))
	case "caa":
		return fmt.Sprintf("the CAA record of %s names another authority. Take it out or name this one.", t.host)
	case "rejectedIdentifier":
		return fmt.Sprintf("the authority gives no certificate for %s. Use another name.", t.host)
	}
	switch {
	case errors.As(err, &untrusted):
		return fmt.Sprintf("the authority at %s could not show who it is (%s). Is this machine's clock right, is the package ca-certificates installed?", t.authority, oneLine(untrusted.Err))
	case errors.As(err, &away):
		return fmt.Sprintf("the authority at %s was not reached. Can this machine reach the internet?", t.authority)
	}
	return oneLine(err)
}
