package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth/room"
)

var (
	refuseHost   = &room.Refusal{Code: "host", Say: "This is not the address hearth answers to. Please use the link you were given."}
	refuseOrigin = &room.Refusal{Code: "origin", Say: "This request did not come from hearth's own page. Please open the link you were given in a new window."}
)

// answerWithin is how long a browser may take to receive an answer.
const answerWithin = 30 * time.Second

// bounded bounds how long a request may take to send its body and to receive
// its answer, whoever handles it: net/http waits for an announced body even
// after a refusal. A connection that is taken over loses both bounds.
func (s *Site) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		err := control.SetWriteDeadline(time.Now().Add(answerWithin))
		if r.ContentLength != 0 {
			err = errors.Join(err, control.SetReadDeadline(time.Now().Add(s.cfg.Limits.BodyWithin)))
		}
		if err != nil {
			s.fail(w, fmt.Errorf("bound the time of a request: %w", err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// rightHost refuses every request that names another host than the configured
// one (A2). The two health paths are exempt: they are asked by address from
// inside, tell nothing, and look at nothing the request says.
func (s *Site) rightHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != s.host && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
			s.metrics.refused("host")
			s.plainly(w, r, http.StatusMisdirectedRequest, refuseHost)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin asks unsafe methods for the exact Origin. net/http's own check runs
// as well; alone it would let a request without Origin and Sec-Fetch-Site pass.
func (s *Site) sameOrigin(next http.Handler) http.Handler {
	exact := s.exactOrigin(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodOptions:
			next.ServeHTTP(w, r)
			return
		}
		if err := s.cross.Check(r); err != nil {
			s.refuseOrigin(w)
			return
		}
		exact.ServeHTTP(w, r)
	})
}

// exactOrigin refuses a request whose Origin is missing, doubled, or not byte
// for byte the configured one (A1). The socket needs it although it is a GET.
func (s *Site) exactOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origins := r.Header.Values("Origin"); len(origins) != 1 || origins[0] != s.origin {
			s.refuseOrigin(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Site) refuseOrigin(w http.ResponseWriter) {
	s.metrics.refused("origin")
	s.answer(w, http.StatusForbidden, refuseOrigin)
}

// pageHeaders say what a browser may do with an answer (walls §2.2, 6 and §2.3).
// What may be kept is decided by the handler; the default is nothing.
func pageHeaders(public *url.URL, media room.Media) map[string][]string {
	h := map[string][]string{
		"Content-Security-Policy":      {contentPolicy(public, media)},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {permissions(media)},
		"Referrer-Policy":              {"no-referrer"},
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"},
		"X-Robots-Tag":                 {"noindex"},
		"Cache-Control":                {"no-store"},
	}
	if public.Scheme == "https" {
		h["Strict-Transport-Security"] = []string{"max-age=63072000"}
	}
	return h
}

// contentPolicy names the one socket host: a bare wss: would match every host. The one
// trusted type makes the address of the worker that keeps helplines, and nothing else.
func contentPolicy(public *url.URL, media room.Media) string {
	socket, heard := "wss://", ""
	if public.Scheme == "http" {
		socket = "ws://"
	}
	if media.Microphone || media.Camera {
		heard = "; media-src 'self'"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' " + socket + public.Host + heard +
		"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types hearth-worker"
}

// permissions switches off what the pages have no use for. What is not named is
// the browser's default for a page's own scripts. A test compares it with what the
// client uses.
func permissions(media room.Media) string {
	open := func(power string, on bool) string {
		if on {
			return power + "=(self)"
		}
		return power + "=()"
	}
	return strings.Join([]string{
		"accelerometer=()", open("autoplay", media.Microphone || media.Camera), "browsing-topics=()", open("camera", media.Camera), "clipboard-read=()", "display-capture=()",
		"encrypted-media=()", "fullscreen=()", "gamepad=()", "geolocation=()", "gyroscope=()", "hid=()", "identity-credentials-get=()",
		"idle-detection=()", "local-fonts=()", "magnetometer=()", open("microphone", media.Microphone), "midi=()", "payment=()", "picture-in-picture=()",
		"publickey-credentials-get=()", "screen-wake-lock=(self)", "serial=()", "storage-access=()", "usb=()", "xr-spatial-tracking=()",
	}, ", ")
}
