// Package drive is a lean client of hearth's public protocol
// (docs/protocol.md) for thousands of members in one process, and what is
// needed to start, watch and end the server it talks to.
package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// House speaks to one server over HTTP.
type House struct {
	URL    string
	HTTP   *http.Client
	Cookie string // the organiser's device
}

var nextAddr atomic.Uint32

// Spread dials from one loopback address after another, so that neither the
// ports of one address nor a limit per address run out.
func Spread(ctx context.Context, network, addr string) (net.Conn, error) {
	n := nextAddr.Add(1)
	d := net.Dialer{
		LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(1+n/200%200), byte(1+n%200))},
		Timeout:   5 * time.Second,
	}
	return d.DialContext(ctx, network, addr)
}

// NewHouse is a client of the server at url.
func NewHouse(url string) *House {
	return &House{URL: url, HTTP: &http.Client{
		Transport: &http.Transport{DialContext: Spread, MaxIdleConnsPerHost: 64, IdleConnTimeout: 20 * time.Second},
		Timeout:   10 * time.Second,
	}}
}

// NewHouseAt is a client of the server that is named by url and answers at
// addr, as one of several behind a proxy does.
func NewHouseAt(url, addr string) *House {
	h := NewHouse(url)
	h.HTTP.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return Spread(ctx, network, addr)
	}
	return h
}

// Answer is what a request gave.
type Answer struct {
	Status int
	Body   []byte
	Cookie string // name=value, when one was set
	Header http.Header
}

// Ask sends one JSON request with the given cookie and the exact Origin.
func (h *House) Ask(ctx context.Context, method, path, cookie string, body any) (Answer, error) {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return Answer{}, fmt.Errorf("encode the request: %w", err)
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, h.URL+path, in)
	if err != nil {
		return Answer{}, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Origin", h.URL)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	resp, err := h.HTTP.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("ask %s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	a := Answer{Status: resp.StatusCode, Header: resp.Header}
	a.Body, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	for _, c := range resp.Cookies() {
		if c.Value != "" {
			a.Cookie = c.Name + "=" + c.Value
		}
	}
	return a, err
}

// must is Ask that takes only answers below 300, decoded into out.
func (h *House) must(ctx context.Context, method, path, cookie string, body, out any) (Answer, error) {
	a, err := h.Ask(ctx, method, path, cookie, body)
	if err != nil {
		return a, err
	}
	if a.Status >= 300 {
		return a, fmt.Errorf("ask %s %s: status %d: %s", method, path, a.Status, bytes.TrimSpace(a.Body[:min(len(a.Body), 200)]))
	}
	if out != nil {
		if err := json.Unmarshal(a.Body, out); err != nil {
			return a, fmt.Errorf("read the answer of %s: %w", path, err)
		}
	}
	return a, nil
}

// Open exchanges a link's token for a seat and a device cookie (protocol §1).
func (h *House) Open(ctx context.Context, token, cookie string) (seat, device string, err error) {
	var out struct{ Kind, Seat string }
	a, err := h.must(ctx, http.MethodPost, "/api/open", cookie, map[string]string{"token": token}, &out)
	if err != nil {
		return "", "", err
	}
	if a.Cookie == "" {
		a.Cookie = cookie
	}
	return out.Seat, a.Cookie, nil
}
