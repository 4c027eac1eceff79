package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"hearth/hub/house"
	"hearth/room"
)

// What an organiser does with a planned session, over HTTP.

func (s *Site) changePlan(w http.ResponseWriter, r *http.Request) {
	var form house.PlanForm
	if err := s.read(w, r, &form); err != nil {
		s.fail(w, err)
		return
	}
	session, err := s.cfg.House.ChangePlan(r.Context(), chi.URLParam(r, "session"), form)
	tell(s, w, http.StatusOK, session, err)
}

func (s *Site) labelLink(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Label string `json:"label"`
	}
	if err := s.read(w, r, &ask); err != nil {
		s.fail(w, err)
		return
	}
	link, err := s.cfg.House.Label(r.Context(), chi.URLParam(r, "link"), ask.Label)
	tell(s, w, http.StatusOK, link, err)
}

// deleteGroup erases a group; its name in the body is the second asking.
func (s *Site) deleteGroup(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Name string `json:"name"`
	}
	if err := s.read(w, r, &ask); err != nil {
		s.fail(w, err)
		return
	}
	err := s.cfg.House.DeleteGroup(r.Context(), chi.URLParam(r, "group"), ask.Name)
	tell(s, w, http.StatusOK, struct{}{}, err)
}

// qr answers with the code of a link: POST, so that the token stands in no address.
func (s *Site) qr(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		URL string `json:"url"`
	}
	if err := s.read(w, r, &ask); err != nil {
		s.fail(w, err)
		return
	}
	code, err := s.cfg.House.QR(ask.URL)
	tell(s, w, http.StatusOK, code, err)
}

func (s *Site) reviewed(w http.ResponseWriter, r *http.Request) {
	if !s.readNothing(w, r) {
		return
	}
	err := s.cfg.House.Reviewed(r.Context(), chi.URLParam(r, "session"))
	tell(s, w, http.StatusOK, struct{}{}, err)
}

// sessionCalendar is the organiser's calendar file of a session.
func (s *Site) sessionCalendar(w http.ResponseWriter, r *http.Request) {
	s.sendCalendar(w, r, chi.URLParam(r, "session"))
}

// seatCalendar is the same for whoever holds a seat: GET /api/calendar/{seat}.
func (s *Site) seatCalendar(w http.ResponseWriter, r *http.Request) {
	seat, err := s.holding(r, room.SeatID(chi.URLParam(r, "seat")))
	if err != nil {
		s.fail(w, err)
		return
	}
	s.sendCalendar(w, r, seat.Session)
}

func (s *Site) sendCalendar(w http.ResponseWriter, r *http.Request, session string) {
	file, err := s.cfg.House.Calendar(r.Context(), session)
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="session.ics"`)
	w.Write(file)
}
