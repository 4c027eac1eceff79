package web_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearth/hub/web"
	"hearth/room/group"
)

// TestStrictBodies: what two readers could disagree about is refused (A28).
func TestStrictBodies(t *testing.T) {
	d := newDesk(t)
	good := `{"name":"Tuesday group","template":"mixed","policy":"ask-first","contact":"x"}`
	for body, code := range map[string]string{
		`{"name":"a","Name":"b","template":"mixed","policy":"ask-first","contact":"x"}`: "unknown-field", `{"name":"a","name":"b","template":"mixed","policy":"ask-first"}`: "duplicate",
		`{"NAME":"a","template":"mixed","policy":"ask-first","contact":"x"}`: "missing", good + `{}`: "trailing", `{"name":"a","template":"mixed","policy":"ask-first","owner":1}`: "unknown-field",
		`{"name":7,"template":"mixed","policy":"ask-first","contact":"x"}`: "wrong-type", `[]`: "not-json", ``: "not-json", `null`: "not-json", `{"name":"a"`: "not-json", "{\"name\":\"\xff\"}": "not-utf8",
		`{"name":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `,"template":"mixed","policy":"ask-first","contact":"x"}`: "too-deep",
	} {
		d.want(d.do(ask{method: "POST", path: "/api/groups", body: body, cookie: d.cookie}), http.StatusBadRequest, code)
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"} {
		r := d.do(ask{method: "POST", path: "/api/groups", body: good, cookie: d.cookie, header: map[string]string{"Content-Type": kind}})
		d.want(r, http.StatusUnsupportedMediaType, "content-type")
	}
	for _, method := range []string{"DELETE", "PATCH"} {
		d.want(d.do(ask{method: method, path: "/api/groups", cookie: d.cookie}), http.StatusMethodNotAllowed, "method")
	}
	if groups := get[struct{ Groups []group.Group }](d.world, d.get("/api/house")).Groups; len(groups) != 0 {
		t.Errorf("a group was made: %+v", groups)
	}
	d.want(d.do(ask{method: "POST", path: "/api/groups", body: good, cookie: d.cookie, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}}), http.StatusCreated, "")
}

// TestBodyAtTheLimit: 16 KiB and not a byte more.
func TestBodyAtTheLimit(t *testing.T) {
	w := newWorld(t, options{})
	for size, status := range map[int]int{16<<10 - 1: http.StatusNotFound, 16 << 10: http.StatusNotFound, 16<<10 + 1: http.StatusRequestEntityTooLarge} {
		body := `{"token":""}`
		body = strings.Repeat(" ", size-len(body)) + body
		if r := w.do(ask{method: "POST", path: "/api/open", body: body}); r.status != status {
			t.Errorf("%d bytes got %d %s", size, r.status, r.body)
		}
	}
}

// TestHeaderAtTheLimit: 16 KiB of request header and not much more.
func TestHeaderAtTheLimit(t *testing.T) {
	w := newWorld(t, options{})
	for size, status := range map[int]int{16<<10 - 1: http.StatusOK, 16 << 10: http.StatusOK, 16<<10 + 1: http.StatusRequestHeaderFieldsTooLarge} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		w.must(err)
		w.must(conn.SetDeadline(time.Now().Add(5 * time.Second)))
		head := "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: "
		_, err = io.WriteString(conn, head+strings.Repeat("a", size-len(head)-4)+"\r\n\r\n")
		w.must(err)
		answer := make([]byte, 64)
		n, _ := io.ReadAtLeast(conn, answer, 12)
		if !strings.HasPrefix(string(answer[:n]), fmt.Sprint("HTTP/1.1 ", status)) {
			t.Errorf("%d bytes got %q", size, answer[:n])
		}
		conn.Close()
	}
}

// TestSlowBody: who does not send what was announced is not waited for, whether
// the request was welcome or not.
func TestSlowBody(t *testing.T) {
	w := newWorld(t, options{limits: web.Limits{BodyWithin: 100 * time.Millisecond}})
	host := strings.TrimPrefix(w.url, "http://")
	for request, status := range map[string]string{
		"POST /api/open HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + w.url:                     "408",
		"POST /api/open HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://evil.example":          "403",
		"POST /api/open HTTP/1.1\r\nHost: evil.example\r\nOrigin: " + w.url:                     "421",
		"GET / HTTP/1.1\r\nHost: " + host:                                                       "200",
		"POST /nowhere HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: x\r\nX-Origin: " + w.url: "421",
	} {
		conn, err := net.Dial("tcp", host)
		w.must(err)
		w.must(conn.SetDeadline(time.Now().Add(5 * time.Second)))
		if !strings.Contains(request, "chunked") {
			request += "\r\nContent-Length: 100"
		}
		fmt.Fprintf(conn, "%s\r\nContent-Type: application/json\r\n\r\n{", request)
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 "+status) {
			t.Errorf("%q got %.40q, %v; want %s and the end", request, answer, err, status)
		}
		conn.Close()
	}
}
