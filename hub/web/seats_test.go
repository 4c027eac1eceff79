package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hearth/hub/house"
	"hearth/hub/limit"
	"hearth/hub/web"
	"hearth/room"
	"hearth/room/group"
)

// TestPersonalLink: bound to the first device; a second one gets a seat of its
// own that claims the first, and no more than a few do.
func TestPersonalLink(t *testing.T) {
	w := newWorld(t, options{limits: web.Limits{FailedJoins: limit.Scopes{Narrow: 1000}}})
	_, links := w.session()
	link := links[group.PersonalLink][0]
	first, phone := w.seat(link.Token, "")
	if again, _ := w.seat(link.Token, phone); again != first || first != string(link.Seat) {
		t.Errorf("the same device got %s, then %s; the link leads to %s", first, again, link.Seat)
	}
	second, laptop := w.seat(link.Token, "")
	if again, _ := w.seat(link.Token, laptop); again != second || second == first {
		t.Errorf("the second device got %s, then %s", second, again)
	}
	seats, err := w.store.Seats(t.Context(), link.Session)
	w.must(err)
	if claim := seats[len(seats)-1]; string(claim.ID) != second || string(claim.Claims) != first || claim.Role != "participant" {
		t.Errorf("the second device's seat is %+v", claim)
	}
	for range 4 {
		w.seat(link.Token, "")
	}
	w.want(w.open(link.Token, ""), http.StatusNotFound, "link")
	if again, _ := w.seat(link.Token, phone); again != first {
		t.Error("the person's own device was shut out by others' claims")
	}
}

func TestOneDeviceHoldsSeveralSeats(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	one, device := w.seat(links[group.PersonalLink][0].Token, "")
	two, same := w.seat(links[group.PersonalLink][1].Token, device)
	if one == two || same != device {
		t.Errorf("seats %s and %s, devices %s and %s", one, two, device, same)
	}
	w.hello(one, device)
	w.hello(two, device)
}

// TestFacilitatorLinkMoves: the last device wins, and the one before is told.
func TestFacilitatorLinkMoves(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	lead := links[group.LeadLink][0]
	seat, old := w.seat(lead.Token, "")
	conn, _ := w.hello(seat, old)
	same, fresh := w.seat(lead.Token, "")
	if same != seat {
		t.Fatalf("the new device got the seat %s, want %s", same, seat)
	}
	if code := w.closedWith(conn); code != 4410 {
		t.Errorf("the old device's socket closed with %d, want 4410", code)
	}
	w.turnedAway(seat, old)
	w.hello(seat, fresh)
}

// turnedAway wants the seat's socket to close with 4401, and with no word more.
func (w *world) turnedAway(seat, cookie string) {
	w.Helper()
	conn, _, err := w.dial(seat, cookie)
	w.must(err)
	defer conn.CloseNow()
	_, frame, err := conn.Read(w.Context())
	if websocket.CloseStatus(err) != 4401 {
		w.Errorf("got %q, %v; want the close code 4401", frame, err)
	}
}

// TestA5OtherSeats: ids of other people's seats and of seats that are not there
// get the same answer everywhere.
func TestA5OtherSeats(t *testing.T) {
	w := newWorld(t, options{})
	s, links := w.session()
	_, other := w.session()
	mine, cookie := w.seat(links[group.LeadLink][0].Token, "")
	theirs, _ := w.seat(other[group.LeadLink][0].Token, "")
	unopened := string(other[group.PersonalLink][0].Seat)
	for _, seat := range []string{theirs, unopened, "nowhere", strings.ToUpper(mine), mine + "x", other[group.LeadLink][0].ID, s.ID} {
		w.turnedAway(seat, cookie)
		w.want(w.do(ask{method: "GET", path: "/api/record/" + seat, cookie: cookie}), http.StatusNotFound, "not-found")
	}
	w.turnedAway(mine, "")
	w.turnedAway(mine, "__Host-s=forged")
	w.turnedAway(mine, "__Host-s="+strings.Repeat("A", 43))
	w.hello(mine, cookie)
}

// TestA12OldTokens: after a rotation, a revocation or the end, in any order, no
// earlier token opens anything, not even for the device it was opened on.
func TestA12OldTokens(t *testing.T) {
	orders := []string{
		"rotate", "revoke", "end", "rotate revoke", "rotate end", "revoke rotate", "revoke end", "end rotate", "end revoke",
		"rotate revoke end", "revoke end rotate", "end rotate revoke", "rotate end revoke", "revoke rotate end", "end revoke rotate",
	}
	for _, order := range orders {
		t.Run(order, func(t *testing.T) {
			t.Parallel() // most of it is waiting for even answers
			w := newWorld(t, options{limits: web.Limits{FailedJoins: limit.Scopes{Narrow: 1000}}})
			s, links := w.session()
			ends := strings.Contains(order, "end")
			for _, kind := range []group.LinkKind{group.PersonalLink, group.LeadLink, group.OpenLink} {
				if ends && kind != group.PersonalLink {
					s, links = w.session() // the one before is over
				}
				w.wearOut(s, links[kind][0], strings.Fields(order))
			}
		})
	}
}

// wearOut opens a link, does what the order says, and wants every token that
// should be void to be so.
func (w *world) wearOut(s group.Session, link house.GivenLink, order []string) {
	w.Helper()
	_, device := w.seat(link.Token, "")
	void := []string{link.Token}
	newest, ended := "", false
	for _, act := range order {
		switch act {
		case "rotate":
			if given, err := w.house.Rotate(w.Context(), link.ID); err == nil {
				link, newest = given, given.Token
			}
		case "revoke":
			var no *room.Refusal
			if _, err := w.house.Revoke(w.Context(), link.ID); err != nil && !(ended && errors.As(err, &no) && no.Code == "over") {
				w.Errorf("revoke: %v", err)
			}
			void, newest = append(void, newest), ""
		case "end":
			w.must(w.house.End(w.Context(), s.ID))
			ended = true
		}
	}
	if ended {
		void, newest = append(void, newest), ""
	}
	if newest != "" {
		w.want(w.open(newest, ""), http.StatusOK, "")
	}
	for _, token := range void {
		w.want(w.open(token, ""), http.StatusNotFound, "link")
		w.want(w.open(token, device), http.StatusNotFound, "link")
	}
}

func TestRevokedSeatIsClosed(t *testing.T) {
	w := newWorld(t, options{})
	cookie := w.organiser()
	_, links := w.session()
	link := links[group.PersonalLink][0]
	seat, device := w.seat(link.Token, "")
	claim, laptop := w.seat(link.Token, "")
	conn, _ := w.hello(seat, device)
	claimed, _ := w.hello(claim, laptop)
	w.want(w.do(ask{method: "POST", path: "/api/links/" + link.ID + "/revoke", body: "{}", cookie: cookie}), http.StatusOK, "")
	for _, c := range []*websocket.Conn{conn, claimed} {
		if code := w.closedWith(c); code != 4410 {
			t.Errorf("closed with %d, want 4410", code)
		}
	}
	w.turnedAway(seat, device)
	w.turnedAway(claim, laptop)
}

// TestLinksAfterARemoval: the ways in by which the removed person came are void;
// everybody else stays, and other links still open.
func TestLinksAfterARemoval(t *testing.T) {
	w := newWorld(t, options{})
	s, links := w.session()
	open, personal := links[group.OpenLink][0], links[group.PersonalLink][0]
	seat, device := w.seat(open.Token, "")
	owner, phone := w.seat(personal.Token, "")
	claim, _ := w.seat(personal.Token, "")
	w.must(w.store.RevokeSeat(t.Context(), room.SeatID(claim)))
	w.must(w.house.AfterRemoval(t.Context(), s.ID, room.SeatID(claim)))
	w.want(w.open(open.Token, ""), http.StatusNotFound, "link")
	w.want(w.open(personal.Token, ""), http.StatusNotFound, "link")
	w.hello(seat, device)
	w.hello(owner, phone)
	w.seat(links[group.PersonalLink][1].Token, "")

	removed, _ := w.seat(links[group.PersonalLink][2].Token, "")
	w.must(w.store.RevokeSeat(t.Context(), room.SeatID(removed)))
	w.must(w.house.AfterRemoval(t.Context(), s.ID, room.SeatID(removed)))
	w.want(w.open(links[group.PersonalLink][2].Token, ""), http.StatusNotFound, "link")
}

// TestLinkMadeAfterThePlannedEnd: a session may go on longer than planned, and a
// facilitator who loses a device then must get back in (A10).
func TestLinkMadeAfterThePlannedEnd(t *testing.T) {
	w := newWorld(t, options{})
	s, links := w.session()
	seat, _ := w.seat(links[group.LeadLink][0].Token, "")
	w.forward(time.Until(s.Ends().Add(20 * time.Minute)))
	w.want(w.open(links[group.LeadLink][0].Token, ""), http.StatusNotFound, "link")
	fresh, err := w.house.Rotate(t.Context(), links[group.LeadLink][0].ID)
	w.must(err)
	if again, _ := w.seat(fresh.Token, ""); again != seat {
		t.Errorf("the new link leads to %s, want %s", again, seat)
	}
}
