package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearth/room/group"
)

func (w *world) forget(cookie string) {
	w.Helper()
	w.want(w.do(ask{method: "POST", path: "/api/forget", body: "{}", cookie: cookie}), http.StatusOK, "")
}

// isOrganiser asks for the organiser's first page with a cookie.
func (w *world) isOrganiser(cookie string) bool {
	w.Helper()
	return w.do(ask{method: "GET", path: "/api/house", cookie: cookie}).status == http.StatusOK
}

// TestForgottenIsForgotten is S07: who kept the cookie of a browser that was made
// to forget opens neither its seats nor the house, and open sockets are closed. A
// link opens the seat again.
func TestForgottenIsForgotten(t *testing.T) {
	w := newWorld(t, options{})
	organiser := w.organiser()
	_, links := w.session()
	_, other := w.session()
	lead := links[group.LeadLink][0].Token
	seat, cookie := w.seat(lead, organiser)
	second, cookie := w.seat(other[group.PersonalLink][0].Token, cookie)
	if !w.isOrganiser(cookie) {
		t.Fatal("opening a seat's link took the organiser's rights away")
	}
	conn, _ := w.hello(seat, cookie)
	w.forget(cookie)
	if code := w.closedWith(conn); code != 4410 {
		t.Errorf("the open socket closed with %d", code)
	}
	w.turnedAway(seat, cookie)
	w.turnedAway(second, cookie)
	if w.isOrganiser(cookie) {
		t.Error("the old cookie opens the house")
	}
	w.want(w.do(ask{method: "GET", path: "/api/record/" + seat, cookie: cookie}), http.StatusNotFound, "not-found")
	if again, fresh := w.seat(lead, cookie); again != seat {
		t.Errorf("the link leads to %s, want %s", again, seat)
	} else {
		w.hello(again, fresh)
	}
	if again, _ := w.seat(other[group.PersonalLink][0].Token, ""); again != second {
		t.Errorf("the personal link leads to %s, want %s", again, second)
	}
	w.forget("") // nothing to forget
}

type devicesSeen struct{ Devices []group.Device }

// TestOrganiserDevices is S07: an organiser sees which browsers are an organiser's,
// by days only, and takes the rights of one away; one that is idle for thirty days
// has none.
func TestOrganiserDevices(t *testing.T) {
	w := newWorld(t, options{})
	link, err := w.house.NewOrganiserLink(t.Context())
	w.must(err)
	desk, phone := w.open(link.Token, "").cookie, w.open(link.Token, "").cookie
	list := func(cookie string) []group.Device {
		t.Helper()
		return get[devicesSeen](w, w.do(ask{method: "GET", path: "/api/organiser/devices", cookie: cookie})).Devices
	}
	today := time.Now().UTC().Format(time.DateOnly)
	lost := ""
	all := list(desk)
	for _, d := range all {
		if d.Made != today || d.Used != today {
			t.Errorf("a device of today: %+v", d)
		}
		if !d.Here {
			lost = d.ID
		}
	}
	if len(all) != 2 || lost == "" {
		t.Fatalf("%d devices, the other one is %q", len(all), lost)
	}
	void := func(id, cookie string) reply {
		return w.do(ask{method: "POST", path: "/api/organiser/devices/" + id + "/void", body: "{}", cookie: cookie})
	}
	w.want(void("nobody", desk), http.StatusNotFound, "not-found")
	w.want(void(lost, ""), http.StatusForbidden, "organiser-only")
	w.want(void(lost, desk), http.StatusOK, "")
	if w.isOrganiser(phone) || !w.isOrganiser(desk) {
		t.Error("the wrong one was voided")
	}
	w.forward(20 * 24 * time.Hour)
	if !w.isOrganiser(desk) {
		t.Error("after 20 days it is no organiser's")
	}
	w.forward(29 * 24 * time.Hour)
	if !w.isOrganiser(desk) {
		t.Error("29 days after its last use it is no organiser's")
	}
	w.forward(32 * 24 * time.Hour)
	if w.isOrganiser(desk) {
		t.Error("idle for 32 days it still is the organiser's")
	}
}

// TestNobodyChoosesADevice is S08: a cookie that this house did not make is never
// bound to anything, and the right one stays one and the same while rights do.
func TestNobodyChoosesADevice(t *testing.T) {
	w := newWorld(t, options{})
	link, err := w.house.NewOrganiserLink(t.Context())
	w.must(err)
	_, links := w.session()
	chosen := sha256.Sum256([]byte("by an attacker"))
	planted := "__Host-s=" + base64.RawURLEncoding.EncodeToString(chosen[:])
	for _, token := range []string{links[group.OpenLink][0].Token, links[group.PersonalLink][0].Token, links[group.LeadLink][0].Token, link.Token} {
		r := w.open(token, planted)
		w.want(r, http.StatusOK, "")
		if r.cookie == "" || r.cookie == planted {
			t.Errorf("the cookie that somebody chose was kept: %q", strings.SplitN(r.cookie, "=", 2)[0])
		}
	}
	if w.isOrganiser(planted) {
		t.Error("the chosen cookie opens the house")
	}
}

// TestCookieIsNewWhenRightsGrow is S08: whoever knew a browser's cookie before it
// opened a facilitator's or the organiser's link has nothing of it afterwards, and
// the browser keeps what it had.
func TestCookieIsNewWhenRightsGrow(t *testing.T) {
	w := newWorld(t, options{})
	link, err := w.house.NewOrganiserLink(t.Context())
	w.must(err)
	_, links := w.session()
	_, other := w.session()
	mine, known := w.seat(other[group.PersonalLink][0].Token, "")
	if _, same := w.seat(other[group.PersonalLink][0].Token, known); same != known {
		t.Error("the cookie changed although nothing did")
	}
	for _, token := range []string{links[group.LeadLink][0].Token, links[group.WellbeingLink][0].Token, link.Token} {
		r := w.open(token, known)
		w.want(r, http.StatusOK, "")
		if r.cookie == known {
			t.Fatal("the cookie stayed although rights grew")
		}
		w.turnedAway(mine, known)
		if w.isOrganiser(known) {
			t.Error("the old cookie opens the house")
		}
		known = r.cookie
		if again := w.open(token, known); again.cookie != known {
			t.Error("the same link on the same browser changed the cookie")
		}
		w.hello(mine, known)
	}
	lead, _ := w.seat(links[group.LeadLink][0].Token, known)
	w.hello(lead, known)
}
