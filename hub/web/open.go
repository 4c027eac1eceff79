package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"hearth/hub/quiet"
	"hearth/hub/web/house"
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

type openRequest struct {
	Token string `json:"token"`
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
	cookie, device := s.deviceOrNew(r)
	opened, err := s.cfg.House.Open(r.Context(), ask.Token, device)
	if errors.Is(err, house.RefuseLink) {
		s.metrics.join("refused")
		if !s.tries.Failed(from) {
			s.slowDown(w, r)
			return
		}
		waitUntil(r.Context(), began.Add(evenTime))
	}
	if err != nil {
		s.fail(w, err)
		return
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

// deviceOrNew gives the browser's cookie, made now if it has none.
func (s *Site) deviceOrNew(r *http.Request) (cookie string, device [32]byte) {
	if cookie, device, ok := s.device(r); ok {
		return cookie, device
	}
	return newDevice()
}

// forget makes this browser forget what it holds: POST /api/forget. The seats
// stay where they are; a link opens them again.
func (s *Site) forget(w http.ResponseWriter, r *http.Request) {
	if !s.readNothing(w, r) {
		return
	}
	w.Header().Set("Clear-Site-Data", `"cookies", "storage"`)
	s.keepDevice(w, "")
	s.answer(w, http.StatusOK, struct{}{})
}
