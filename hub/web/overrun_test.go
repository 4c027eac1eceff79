package web_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hearth/hub/house"
	"hearth/room/group"
)

// TestOverrunLocksNobodyOut: the links of a session that goes on longer than
// planned still lead back to it, a lead's on a new device too; the open link,
// which lets strangers ask, does not.
func TestOverrunLocksNobodyOut(t *testing.T) {
	w := newWorld(t, options{})
	s, links := w.session()
	lead := links[group.LeadLink][0]
	seat, device := w.seat(lead.Token, "")
	w.begin(seat, device, links)
	w.forward(time.Until(s.Ends().Add(time.Hour)))
	if same, _ := w.seat(lead.Token, ""); same != seat {
		t.Errorf("the lead's new device got the seat %s, want %s", same, seat)
	}
	w.seat(links[group.PersonalLink][0].Token, "")
	w.want(w.open(links[group.OpenLink][0].Token, ""), http.StatusNotFound, "link")
	w.must(w.house.End(t.Context(), s.ID))
	w.want(w.open(lead.Token, ""), http.StatusNotFound, "link")
}

// begin has the lead and two people come in and moves on to the opening. It gives
// the lead's socket and the people's seats.
func (w *world) begin(lead, device string, links map[group.LinkKind][]house.GivenLink) (leads *websocket.Conn, people []string) {
	w.Helper()
	leads, hello := w.hello(lead, device)
	digest := regexp.MustCompile(`"digest":"([0-9a-f]+)"`).FindStringSubmatch(hello)[1]
	knock := func(name string) string {
		return `{"do":"knock","id":"knock-00001","name":"` + name + `","answer":"agree","digest":"` + digest + `"}`
	}
	w.acked(leads, "knock-00001", knock("Lea"))
	for i, name := range []string{"Ana", "Bob"} {
		seat, device := w.seat(links[group.PersonalLink][i].Token, "")
		person, _ := w.hello(seat, device)
		w.acked(person, "knock-00001", knock(name))
		w.acked(leads, "greet-"+seat, `{"do":"greet","id":"greet-`+seat+`","seat":"`+seat+`"}`)
		w.acked(leads, "admit-"+seat, `{"do":"admit","id":"admit-`+seat+`","seat":"`+seat+`"}`)
		people = append(people, seat)
	}
	w.acked(leads, "phase-00001", `{"do":"phase","id":"phase-00001","to":"opening"}`)
	return leads, people
}

// acked sends a command and waits until it is acknowledged.
func (w *world) acked(conn *websocket.Conn, ref, command string) {
	w.Helper()
	ctx, done := context.WithTimeout(w.Context(), 5*time.Second)
	defer done()
	w.must(conn.Write(ctx, websocket.MessageText, []byte(command)))
	for {
		_, data, err := conn.Read(ctx)
		w.must(err)
		for line := range strings.SplitSeq(string(data), "\n") {
			if !strings.Contains(line, `"ref":"`+ref+`"`) {
				continue
			}
			if !strings.Contains(line, `"t":"ack"`) {
				w.Fatalf("%s: %s", ref, line)
			}
			return
		}
	}
}
