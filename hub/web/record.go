package web

import (
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"hearth/hub/house"
	"hearth/room"
	"hearth/room/group"
)

// seatRecord serves the content-free record of the session a facilitator's seat
// was in: GET /api/record/{seat}.
func (s *Site) seatRecord(w http.ResponseWriter, r *http.Request) {
	session, ok := s.keepers.session(room.SeatID(chi.URLParam(r, "seat")), s.deviceOf(r))
	if !ok {
		s.fail(w, house.RefuseMissing)
		return
	}
	s.sendRecord(w, r, session)
}

// sessionRecord serves it to the organiser and to the session's facilitators:
// GET /api/sessions/{session}/record.
func (s *Site) sessionRecord(w http.ResponseWriter, r *http.Request) {
	session := chi.URLParam(r, "session")
	is, err := s.isOrganiser(r)
	if err != nil {
		s.fail(w, err)
		return
	}
	if !is && !s.keepers.kept(session, s.deviceOf(r)) {
		s.fail(w, house.RefuseMissing)
		return
	}
	s.sendRecord(w, r, session)
}

func (s *Site) sendRecord(w http.ResponseWriter, r *http.Request, session string) {
	record, err := s.cfg.House.Record(r.Context(), session)
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(record)
}

// deviceOf is the device of a request; the zero value, which no cookie has,
// when there is none.
func (s *Site) deviceOf(r *http.Request) [32]byte {
	_, device, _ := s.device(r)
	return device
}

// recordFor is how long facilitators see the record of a session they held:
// closing erases which device was whose, so it is remembered here, in memory
// only. Afterwards, and after a restart, the organiser can show it.
const recordFor = 24 * time.Hour

// keepers remembers which device held a facilitator's seat. The zero value is
// ready; safe for use by many goroutines.
type keepers struct {
	mu    sync.Mutex
	seats map[room.SeatID]keeper
}

type keeper struct {
	session string
	device  [32]byte
	until   time.Time
}

// note remembers a facilitator who comes in; others are not remembered.
func (k *keepers) note(seat group.Seat, device [32]byte) {
	if !seat.Role.Powers().Tools {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(k.seats, func(_ room.SeatID, old keeper) bool { return old.until.Before(now) })
	if k.seats == nil {
		k.seats = make(map[room.SeatID]keeper)
	}
	k.seats[seat.ID] = keeper{seat.Session, device, now.Add(recordFor)}
}

// drop forgets a facilitator whose link was revoked.
func (k *keepers) drop(seat room.SeatID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.seats, seat)
}

// forget forgets a device.
func (k *keepers) forget(device [32]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.seats, func(_ room.SeatID, held keeper) bool { return held.device == device })
}

// renew remembers a device's seats as those of its new cookie.
func (k *keepers) renew(device, fresh [32]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for seat, held := range k.seats {
		if held.device == device {
			held.device = fresh
			k.seats[seat] = held
		}
	}
}

// session is the session in which this device held the seat.
func (k *keepers) session(seat room.SeatID, device [32]byte) (string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	held, ok := k.seats[seat]
	if !ok || held.device != device || held.until.Before(time.Now()) {
		return "", false
	}
	return held.session, true
}

// kept says whether this device held a facilitator's seat of the session.
func (k *keepers) kept(session string, device [32]byte) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	for _, held := range k.seats {
		if held.session == session && held.device == device && !held.until.Before(now) {
			return true
		}
	}
	return false
}
