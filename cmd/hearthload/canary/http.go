package canary

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"hearth/cmd/hearthload/drive"
)

// everyRequest sends canaries through every part of a request that a stranger
// controls and gives back what the server answered.
func (c *Cage) everyRequest(ctx context.Context, house *drive.House, seat, cookie string) (answers []byte, err error) {
	var all bytes.Buffer
	send := func(method, path string, body string, header map[string]string) error {
		got, err := once(ctx, house, method, path, body, header)
		all.Write(got)
		return err
	}
	word := func(way string) string { return c.New(Word, way) }
	paths := []string{"/%s", "/s/%s", "/j?%s", "/?q=%s", "/api/%s", "/api/live/%s", "/api/groups/%s", "/api/sessions/%s", "/api/record/%s",
		"/a/%s/app.js", "/healthz?%s", "/readyz?%s", "/metrics/%s", "/%%2e%%2e/%s", "/api/links/%s/revoke"}
	for _, p := range paths {
		for _, method := range []string{"GET", "POST", "PUT"} {
			if err := send(method, fmt.Sprintf(p, word("URL "+p)), "", nil); err != nil {
				return nil, err
			}
		}
	}
	headers := []string{"User-Agent", "Referer", "Origin", "Host", "Cookie", "X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "True-Client-IP",
		"X-Real-Ip", "Accept", "Accept-Language", "Content-Type", "If-None-Match", "Range", "Authorization", "Sec-WebSocket-Protocol", "Sec-WebSocket-Key",
		"Sec-WebSocket-Extensions", "X-Request-Id", "Traceparent"}
	for _, h := range headers {
		for _, path := range []string{"/", "/api/open", "/api/live/" + seat} {
			v := word("header " + h)
			switch h {
			case "Origin":
				v = "https://" + v + ".example"
			case "Host":
				v += ".example"
			case "Cookie":
				v = "__Host-s=" + c.New(Token, "cookie") + "; s=" + v
			}
			if err := send("GET", path, "", map[string]string{h: v}); err != nil {
				return nil, err
			}
		}
	}
	for _, body := range []string{`{"token":"%s"}`, `{"token":"%s"`, `{"token":"x","%s":1}`, `{"%s"}`, `%s`, `{"token":{"%s":1}}`, `{"token":"\u00%s"}`, `["%s"]`} {
		for _, path := range []string{"/api/open", "/api/forget", "/api/groups"} {
			b := strings.Replace(body, "%s", c.New(Token, "body "+path), 1)
			if err := send("POST", path, b, map[string]string{"Content-Type": "application/json", "Cookie": cookie}); err != nil {
				return nil, err
			}
		}
	}
	if bad := c.Find(all.Bytes(), Word, Name, Token, Address); len(bad) > 0 {
		return all.Bytes(), fmt.Errorf("an answer repeats what was sent: %v", bad)
	}
	return all.Bytes(), nil
}

// from is the address that the canary's requests come from.
const from = "127.77.66.55"

// once writes one request by hand, so that no client library corrects it.
func once(ctx context.Context, house *drive.House, method, path, body string, header map[string]string) ([]byte, error) {
	host := strings.TrimPrefix(house.URL, "http://")
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	h := http.Header{"Host": {host}, "Origin": {house.URL}, "Connection": {"close"}, "Content-Length": {fmt.Sprint(len(body))}}
	if strings.HasPrefix(path, "/api/live/") {
		h = http.Header{"Host": {host}, "Origin": {house.URL}, "Connection": {"Upgrade"}, "Upgrade": {"websocket"},
			"Sec-WebSocket-Version": {"13"}, "Sec-WebSocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Sec-WebSocket-Protocol": {"hearth.v1"}}
	}
	for k, v := range header {
		h[k] = []string{v}
	}
	var req bytes.Buffer
	fmt.Fprintf(&req, "%s %s HTTP/1.1\r\n", method, path)
	if err := h.Write(&req); err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	req.WriteString("\r\n" + body)
	if _, err := conn.Write(req.Bytes()); err != nil {
		return nil, fmt.Errorf("send the request: %w", err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	defer resp.Body.Close()
	var got bytes.Buffer
	err = resp.Header.Write(&got)
	if err == nil && resp.StatusCode != http.StatusSwitchingProtocols {
		_, err = io.Copy(&got, io.LimitReader(resp.Body, 1<<20))
	}
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return got.Bytes(), nil
}
