package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"hearth/hub/limit"
	"hearth/hub/web"
	"hearth/room/group"
)

// TestOneVisitorUsesNothingUp is S09: an open link that somebody opens again and
// again, each time as a stranger, still lets those in who answer at the door, and
// who has answered keeps the seat.
func TestOneVisitorUsesNothingUp(t *testing.T) {
	w := newWorld(t, options{limits: web.Limits{OpenSeats: limit.Scopes{Narrow: 1000}}})
	_, links := w.session()
	token := links[group.OpenLink][0].Token
	seat, cookie := w.seat(token, "")
	person, hello := w.hello(seat, cookie)
	digest := regexp.MustCompile(`"digest":"([0-9a-f]+)"`).FindStringSubmatch(hello)[1]
	w.acked(person, "knock-00001", `{"do":"knock","id":"knock-00001","name":"Ana","answer":"agree","digest":"`+digest+`"}`)
	first, firstSeat := "", ""
	for range 40 {
		r := w.open(token, "")
		w.want(r, http.StatusOK, "")
		if first == "" {
			first, firstSeat = r.cookie, get[struct{ Seat string }](w, r).Seat
		}
	}
	w.turnedAway(firstSeat, first) // it was given back
	again, _ := w.seat(token, cookie)
	if again != seat {
		t.Errorf("who had answered is given the seat %s, want %s", again, seat)
	}
	late, device := w.seat(token, "")
	w.hello(late, device)
	// Whoever answers fills the link up all the same.
	if n := w.fillUp(token, digest); n < 10 {
		t.Errorf("full after %d people", n)
	}
}

// fillUp has people answer at the door of an open link until it is used up, and
// gives how many could.
func (w *world) fillUp(token, digest string) int {
	w.Helper()
	for i, name := range strings.Fields("Bea Cato Dora Edda Fritz Gerd Hugo Jana Karl Nora Otto Paul Quint Rosa Samu Tomas Ursa Vera Wanda Xenia Yusuf Zara Abel Bruno") {
		r := w.open(token, "")
		if r.status != http.StatusOK {
			w.want(r, http.StatusNotFound, "link")
			return i
		}
		opened := get[struct{ Seat string }](w, r)
		conn, _ := w.hello(opened.Seat, r.cookie)
		w.acked(conn, "knock-00001", `{"do":"knock","id":"knock-00001","name":"`+name+`","answer":"agree","digest":"`+digest+`"}`)
		conn.CloseNow()
	}
	w.Fatal("an open link takes people without end")
	return 0
}

// TestSeatsOfOpenLinksAreRated is S09: one network takes twelve seats a minute.
// Whoever has one is not held up.
func TestSeatsOfOpenLinksAreRated(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	token := links[group.OpenLink][0].Token
	seat, cookie := w.seat(token, "")
	for range 11 {
		w.want(w.open(token, ""), http.StatusOK, "")
	}
	w.want(w.open(token, ""), http.StatusTooManyRequests, "slow-down")
	if again, _ := w.seat(token, cookie); again != seat {
		t.Errorf("opened again: %s, want %s", again, seat)
	}
	w.seat(links[group.PersonalLink][0].Token, "")
}
