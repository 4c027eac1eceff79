package web

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"hearth/charter"
	"hearth/hub/house"
	"hearth/room"
	"hearth/room/group"
	"hearth/room/helpline"
)

// organiserOnly lets only a device through that an organiser link was opened on.
func (s *Site) organiserOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		is, err := s.isOrganiser(r)
		switch {
		case err != nil:
			s.fail(w, err)
		case !is:
			s.fail(w, refuseOrganiser)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *Site) isOrganiser(r *http.Request) (bool, error) {
	_, device, ok := s.device(r)
	if !ok {
		return false, nil
	}
	return s.cfg.House.IsOrganiser(r.Context(), device)
}

// devicesPage lists the organiser's browsers.
type devicesPage struct {
	Devices []group.Device `json:"devices"`
}

func (s *Site) devices(w http.ResponseWriter, r *http.Request) {
	all, err := s.cfg.House.Devices(r.Context(), s.deviceOf(r))
	tell(s, w, http.StatusOK, devicesPage{all}, err)
}

func (s *Site) voidDevice(w http.ResponseWriter, r *http.Request) {
	if !s.readNothing(w, r) {
		return
	}
	err := s.cfg.House.VoidDevice(r.Context(), chi.URLParam(r, "device"))
	tell(s, w, http.StatusOK, struct{}{}, err)
}

// housePage is what the organiser's first page needs.
type housePage struct {
	Groups    []group.Group            `json:"groups"`
	Templates []charter.TemplateChoice `json:"templates"`
	Policies  []house.PolicyChoice     `json:"policies"`
	Regions   []string                 `json:"regions"`
	Phases    []room.PlannedPhase      `json:"phases"` // the standard plan
	Formats   []room.Format            `json:"formats"`
	Due       helpline.List            `json:"due"` // helplines that should be checked again
	Devices   []group.Device           `json:"devices"`
}

func (s *Site) house(w http.ResponseWriter, r *http.Request) {
	groups, err := s.cfg.House.Groups(r.Context())
	if err != nil {
		s.fail(w, err)
		return
	}
	list, err := s.cfg.House.HelplinesFresh(r.Context())
	if err != nil {
		s.fail(w, err)
		return
	}
	devices, err := s.cfg.House.Devices(r.Context(), s.deviceOf(r))
	if err != nil {
		s.fail(w, err)
		return
	}
	lines := list.Helplines
	s.answer(w, http.StatusOK, housePage{groups, charter.Templates(), house.Policies(), lines.Regions(), house.StandardPhases(), room.FormatNames(), s.cfg.House.Due(lines), devices})
}

// tell answers with what a request gave, or with why it was refused.
func tell[T any](s *Site, w http.ResponseWriter, status int, got T, err error) {
	if err != nil {
		s.fail(w, err)
		return
	}
	s.answer(w, status, got)
}

func (s *Site) createGroup(w http.ResponseWriter, r *http.Request) {
	var form house.GroupForm
	if err := s.read(w, r, &form); err != nil {
		s.fail(w, err)
		return
	}
	g, err := s.cfg.House.CreateGroup(r.Context(), form)
	tell(s, w, http.StatusCreated, g, err)
}

func (s *Site) updateGroup(w http.ResponseWriter, r *http.Request) {
	var form house.GroupForm
	if err := s.read(w, r, &form); err != nil {
		s.fail(w, err)
		return
	}
	g, err := s.cfg.House.UpdateGroup(r.Context(), chi.URLParam(r, "group"), form)
	tell(s, w, http.StatusOK, g, err)
}

func (s *Site) groupPage(w http.ResponseWriter, r *http.Request) {
	page, err := s.cfg.House.Page(r.Context(), chi.URLParam(r, "group"))
	tell(s, w, http.StatusOK, page, err)
}

func (s *Site) saveDraft(w http.ResponseWriter, r *http.Request) {
	var form house.DraftForm
	if err := s.read(w, r, &form); err != nil {
		s.fail(w, err)
		return
	}
	draft, err := s.cfg.House.SaveDraft(r.Context(), chi.URLParam(r, "group"), form)
	tell(s, w, http.StatusOK, draft, err)
}

func (s *Site) adopt(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Digest string `json:"digest"`
	}
	if err := s.read(w, r, &ask); err != nil {
		s.fail(w, err)
		return
	}
	version, err := s.cfg.House.Adopt(r.Context(), chi.URLParam(r, "group"), ask.Digest)
	tell(s, w, http.StatusCreated, version, err)
}

func (s *Site) schedule(w http.ResponseWriter, r *http.Request) {
	var form house.SessionForm
	if err := s.read(w, r, &form); err != nil {
		s.fail(w, err)
		return
	}
	made, err := s.cfg.House.Schedule(r.Context(), chi.URLParam(r, "group"), form)
	tell(s, w, http.StatusCreated, made, err)
}

func (s *Site) sessionPage(w http.ResponseWriter, r *http.Request) {
	page, err := s.cfg.House.Session(r.Context(), chi.URLParam(r, "session"))
	tell(s, w, http.StatusOK, page, err)
}

func (s *Site) addLink(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Kind group.LinkKind `json:"kind"`
	}
	if err := s.read(w, r, &ask); err != nil {
		s.fail(w, err)
		return
	}
	link, err := s.cfg.House.AddLink(r.Context(), chi.URLParam(r, "session"), ask.Kind)
	tell(s, w, http.StatusCreated, link, err)
}

func (s *Site) rotateLink(w http.ResponseWriter, r *http.Request) {
	if !s.readNothing(w, r) {
		return
	}
	link, err := s.cfg.House.Rotate(r.Context(), chi.URLParam(r, "link"))
	tell(s, w, http.StatusOK, link, err)
}

func (s *Site) revokeLink(w http.ResponseWriter, r *http.Request) {
	if !s.readNothing(w, r) {
		return
	}
	link, err := s.cfg.House.Revoke(r.Context(), chi.URLParam(r, "link"))
	if err == nil {
		s.keepers.drop(link.Seat)
	}
	tell(s, w, http.StatusOK, link, err)
}

func (s *Site) endSession(w http.ResponseWriter, r *http.Request) {
	if !s.readNothing(w, r) {
		return
	}
	err := s.cfg.House.End(r.Context(), chi.URLParam(r, "session"))
	tell(s, w, http.StatusOK, struct{}{}, err)
}

// rotateOrganiser makes a new organiser link and voids the old one; this device
// stays the organiser's, every other one is asked to open the new link.
func (s *Site) rotateOrganiser(w http.ResponseWriter, r *http.Request) {
	if !s.readNothing(w, r) {
		return
	}
	_, device, _ := s.device(r)
	link, err := s.cfg.House.NewOrganiserLink(r.Context())
	if err == nil {
		err = s.cfg.House.Store.BindOrganiser(r.Context(), device, time.Now())
	}
	tell(s, w, http.StatusOK, link, err)
}

// readNothing reads a body that is empty, or an empty object; false means that the request
// was answered.
func (s *Site) readNothing(w http.ResponseWriter, r *http.Request) bool {
	if r.ContentLength == 0 {
		return true
	}
	var nothing struct{}
	if err := s.read(w, r, &nothing); err != nil {
		s.fail(w, err)
		return false
	}
	return true
}
