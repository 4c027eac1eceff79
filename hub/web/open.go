package web

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth/hub/house"
	"hearth/hub/quiet"
)

// Times of /api/open.
const (
	// evenTime is when a link that opens nothing is answered, counted from the
	// request: longer than any of the look-ups takes, so that time does not tell
	// why (walls §2.2, 2).
	evenTime = 50 * time.Millisecond
	// slowTime is how long an answer to too many tries is held back.
	slowTime = time.Second
	// slowPlaces is how many answers are held back at once; the next goes out at
	// once, so that waiting costs an attacker more than it costs us.
	slowPlaces = 256
)

// openRequest opens a link. A browser says kept: then nothing is bound until it
// has shown that it keeps the cookie (U20).
type openRequest struct {
	Token string `json:"token"`
	Kept  bool   `json:"kept,omitempty"`
}

// whole says whether a token can be one of ours: 32 bytes in base64url. What was
// damaged on its way is nobody's guess, and counts as no try.
func whole(token string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	return err == nil && len(raw) == 32
}

// open opens a link for this browser: POST /api/open.
func (s *Site) open(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	from := s.cfg.Trusted.Client(r)
	if !s.tries.Allowed(from) {
		s.slowDown(w, r)
		return
	}
	var ask openRequest
	if err := s.read(w, r, &ask); err != nil {
		s.fail(w, err)
		return
	}
	newCookie, fresh, err := s.newDevice(r.Context())
	if err != nil {
		s.fail(w, err)
		return
	}
	cookie, device, known := s.device(r)
	if known {
		known, err = s.ours(r.Context(), cookie)
	}
	if err != nil {
		s.fail(w, err)
		return
	}
	if !known {
		cookie, device = newCookie, fresh
	}
	if ask.Kept && !known {
		s.keepDevice(w, cookie)
		s.fail(w, refuseCookie)
		return
	}
	opened, err := s.cfg.House.Open(r.Context(), ask.Token, house.Visitor{Device: device, Fresh: fresh, MayTake: func() bool {
		return s.taking.Allowed(from) && s.taking.Failed(from)
	}})
	if errors.Is(err, house.RefuseOften) {
		s.metrics.limited("open")
		w.Header().Set("Retry-After", "60")
	}
	if errors.Is(err, house.RefuseLink) {
		s.metrics.join("refused")
		if whole(ask.Token) && !s.tries.Failed(from) {
			s.slowDown(w, r)
			return
		}
		waitUntil(r.Context(), began.Add(evenTime))
	}
	if err != nil {
		s.fail(w, err)
		return
	}
	if opened.Fresh {
		cookie = newCookie
		s.keepers.renew(device, fresh)
	}
	s.metrics.join(opened.Kind)
	s.keepDevice(w, cookie)
	s.answer(w, http.StatusOK, opened)
}

func (s *Site) slowDown(w http.ResponseWriter, r *http.Request) {
	s.metrics.limited("join")
	// For an operator who has to block somebody: a name for the network that
	// means nothing tomorrow.
	s.log.Warn("too many joins failed", "origin", quiet.Origin(s.cfg.Trusted.Client(r), time.Now()))
	select {
	case s.slow <- struct{}{}:
		waitUntil(r.Context(), time.Now().Add(slowTime))
		<-s.slow
	default:
	}
	w.Header().Set("Retry-After", "60")
	s.fail(w, refuseSlowDown)
}

func waitUntil(ctx context.Context, at time.Time) {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// mangled leads somebody whose link was rewritten on its way, so that the token
// came in the path, back to the link as it was: GET /j and anything behind it. A
// path is never logged, and what cannot be read any more is said on the page.
func (s *Site) mangled(w http.ResponseWriter, r *http.Request) {
	rest := strings.TrimPrefix(r.URL.Path, "/j")
	for range 2 { // wrapped once, or twice
		if plain, err := url.PathUnescape(rest); err == nil {
			rest = plain
		}
	}
	token := "damaged"
	for _, part := range strings.FieldsFunc(rest, notInTokens) {
		if whole(part) {
			token = part
		}
	}
	w.Header().Set("Location", "/j#"+token)
	w.WriteHeader(http.StatusSeeOther)
}

func notInTokens(r rune) bool {
	return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// forget makes this browser, and the house, forget what it holds: POST
// /api/forget. The seats stay where they are; a link opens them again. Whoever
// kept the old cookie has nothing of it (S07).
func (s *Site) forget(w http.ResponseWriter, r *http.Request) {
	if !s.readNothing(w, r) {
		return
	}
	if _, device, ok := s.device(r); ok {
		if err := s.cfg.House.Forget(r.Context(), device); err != nil {
			s.fail(w, err)
			return
		}
		s.keepers.forget(device)
	}
	w.Header().Set("Clear-Site-Data", `"cookies", "storage"`)
	s.keepDevice(w, "")
	s.answer(w, http.StatusOK, struct{}{})
}
