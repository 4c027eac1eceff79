package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"hearth/hub/house"
	"hearth/room/helpline"
)

// helplines serves the list: GET /api/helplines. It needs no seat, no cookie and,
// once it was read, no store (practice §4).
func (s *Site) helplines(w http.ResponseWriter, r *http.Request) {
	s.answer(w, http.StatusOK, s.cfg.House.HelplinesNow(r.Context()))
}

// ownHelplines serves the organiser the list as it is this moment.
func (s *Site) ownHelplines(w http.ResponseWriter, r *http.Request) {
	list, err := s.cfg.House.HelplinesFresh(r.Context())
	tell(s, w, http.StatusOK, list, err)
}

func (s *Site) changeHelplines(w http.ResponseWriter, r *http.Request) {
	var form house.HelplineForm
	if err := s.read(w, r, &form); err != nil {
		s.fail(w, err)
		return
	}
	list, err := s.cfg.House.ChangeHelplines(r.Context(), form)
	tell(s, w, http.StatusOK, list, err)
}

// Shipped are the helplines that come with hearth, for a new house.
func Shipped(static fs.FS) (helpline.List, error) {
	data, err := fs.ReadFile(static, "helplines.json")
	if err != nil {
		return nil, fmt.Errorf("read the shipped helplines: %w", err)
	}
	list, err := house.ReadHelplines(data, time.Now())
	if err != nil {
		return nil, fmt.Errorf("read the shipped helplines: %w", err)
	}
	return list, nil
}
