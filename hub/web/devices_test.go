package web_test

import (
	"regexp"
	"testing"

	"hearth/room/group"
)

// TestBackToTheFirstDevice: somebody whose seat went with them to a second device
// comes back to the first one through the lobby, and is not locked out of both.
func TestBackToTheFirstDevice(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	seat, device := w.seat(links[group.LeadLink][0].Token, "")
	leads, hello := w.hello(seat, device)
	digest := regexp.MustCompile(`"digest":"([0-9a-f]+)"`).FindStringSubmatch(hello)[1]
	knock := func(name string) string {
		return `{"do":"knock","id":"knock-00001","name":"` + name + `","answer":"agree","digest":"` + digest + `"}`
	}
	w.acked(leads, "knock-00001", knock("Lea"))
	comeIn := func(seat, device string) {
		person, _ := w.hello(seat, device)
		w.acked(person, "knock-00001", knock("Ana"))
		w.acked(leads, "greet-"+seat, `{"do":"greet","id":"greet-`+seat+`","seat":"`+seat+`"}`)
		w.acked(leads, "admit-"+seat, `{"do":"admit","id":"admit-`+seat+`","seat":"`+seat+`"}`)
	}
	token := links[group.PersonalLink][0].Token
	first, phone := w.seat(token, "")
	comeIn(first, phone)
	second, laptop := w.seat(token, "")
	comeIn(second, laptop)
	third, same := w.seat(token, phone)
	if same != phone || third == first || third == second {
		t.Fatalf("back on the first device: seat %s after %s and %s", third, first, second)
	}
	comeIn(third, phone)
	if again, _ := w.seat(token, phone); again != third {
		t.Errorf("opened again on the device that holds it: seat %s, want %s", again, third)
	}
	fourth, _ := w.seat(token, laptop)
	comeIn(fourth, laptop)
}
