package web_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hearth/hub/limit"
	"hearth/hub/web"
	"hearth/room/group"
)

// TestA11NothingWithoutALink: on a fresh house nothing is reachable without a
// 256-bit token.
func TestA11NothingWithoutALink(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	for kind, given := range links {
		for _, l := range given {
			raw, err := base64.RawURLEncoding.DecodeString(l.Token)
			if err != nil || len(raw) != 32 {
				t.Errorf("the %s link has the token %q", kind, l.Token)
			}
			if !strings.HasPrefix(l.URL, w.url+"/j#") {
				t.Errorf("the %s link is %s", kind, l.URL)
			}
		}
	}
	for _, path := range []string{"/api/house", "/api/groups/x", "/api/sessions/x"} {
		w.want(w.do(ask{method: "GET", path: path}), http.StatusForbidden, "organiser-only")
	}
	w.want(w.do(ask{method: "POST", path: "/api/organiser/rotate"}), http.StatusForbidden, "organiser-only")
	w.want(w.do(ask{method: "GET", path: "/api/sessions/x/record"}), http.StatusNotFound, "not-found")
}

// TestA13PreviewBots: fetching a link's page by any agent leaves the seat
// unused and shows nothing of the group.
func TestA13PreviewBots(t *testing.T) {
	w := newWorld(t, options{})
	s, links := w.session()
	link := links[group.PersonalLink][0]
	for _, agent := range []string{"facebookexternalhit/1.1", "Slackbot-LinkExpanding 1.0", "TelegramBot (like TwitterBot)", "WhatsApp/2.23", "SafeLinks"} {
		for _, path := range []string{"/j", "/j?token=" + link.Token, "/s/" + string(link.Seat)} {
			for _, method := range []string{"GET", "HEAD"} {
				r := w.do(ask{method: method, path: path, header: map[string]string{"User-Agent": agent}})
				w.want(r, http.StatusOK, "")
				if method == "GET" && !strings.Contains(r.body, "<title>hearth</title>") || strings.Contains(r.body, s.Title) {
					t.Errorf("%s shows the group to %s", path, agent)
				}
			}
		}
	}
	if _, err := w.store.Holds(t.Context(), [32]byte{}, link.Seat); err == nil {
		t.Error("a bot holds the seat")
	}
	if seat, _ := w.seat(link.Token, ""); seat != string(link.Seat) {
		t.Errorf("the person got the seat %s instead of their own: the bot was first", seat)
	}
}

// TestBadLinksAnswerAlike: unknown, malformed, expired, revoked, rotated and
// used-up links and those of a session that is over cannot be told apart.
func TestBadLinksAnswerAlike(t *testing.T) {
	w := newWorld(t, options{limits: web.Limits{FailedJoins: limit.Scopes{Narrow: 1000}, OpenSeats: limit.Scopes{Narrow: 1000}}})
	ctx := t.Context()
	s, links := w.session()
	revoked, rotated := links[group.PersonalLink][0], links[group.PersonalLink][1]
	_, err := w.house.Revoke(ctx, revoked.ID)
	w.must(err)
	_, err = w.house.Rotate(ctx, rotated.ID)
	w.must(err)
	usedUp := links[group.OpenLink][0]
	version, err := w.store.Version(ctx, s.Group, 1)
	w.must(err)
	w.fillUp(usedUp.Token, version.Digest)
	overSession, over := w.session()
	w.must(w.house.End(ctx, overSession.ID))
	eventually(t, "the session is over", func() bool {
		s, err := w.store.Session(ctx, overSession.ID)
		return err == nil && s.State == group.Over
	})
	bad := map[string]string{
		"unknown": strings.Repeat("A", 43), "empty": "", "malformed": "not a token", "too long": strings.Repeat("A", 64),
		"not canonical": revoked.Token[:42] + "_", "revoked": revoked.Token, "rotated": rotated.Token, "used up": usedUp.Token,
		"over": over[group.PersonalLink][0].Token, "over, open": over[group.OpenLink][0].Token, "over, lead": over[group.LeadLink][0].Token,
	}
	alike := w.open("unknown", "")
	if alike.status != http.StatusNotFound || alike.code() != "link" {
		t.Fatalf("an unknown link got %d %s", alike.status, alike.body)
	}
	compare := func(name, token string) {
		t.Helper()
		began := time.Now()
		r := w.open(token, "")
		took := time.Since(began)
		r.header.Del("Date")
		if r.status != alike.status || r.body != alike.body || r.cookie != "" {
			t.Errorf("%s: got %d %s", name, r.status, r.body)
		}
		if got, want := fmt.Sprint(r.header), fmt.Sprint(alike.header); got != want {
			t.Errorf("%s: headers %s, want %s", name, got, want)
		}
		if took < 50*time.Millisecond {
			t.Errorf("%s: answered after %v, before the even time", name, took)
		}
	}
	alike.header.Del("Date")
	for name, token := range bad {
		compare(name, token)
	}
	w.forward(time.Until(s.Ends().Add(15*time.Minute + time.Second)))
	compare("expired", links[group.PersonalLink][2].Token)
	compare("expired, lead", links[group.LeadLink][0].Token)
}

func TestLinksOpenUntilAQuarterOfAnHourAfterTheEnd(t *testing.T) {
	w := newWorld(t, options{})
	s, links := w.session()
	w.forward(time.Until(s.Ends().Add(14*time.Minute + 50*time.Second)))
	w.seat(links[group.PersonalLink][0].Token, "")
}

// wrong is a token as ours are, and nobody's.
var wrong = strings.Repeat("A", 43)

// TestFailedJoinsAtTheLimit: ten tries a minute from one network, the eleventh
// waits; a neighbour does not.
func TestFailedJoinsAtTheLimit(t *testing.T) {
	w := newWorld(t, options{trusted: "127.0.0.1"})
	_, links := w.session()
	from := func(address, token string) reply {
		return w.do(ask{
			method: "POST", path: "/api/open", body: map[string]string{"token": token},
			header: map[string]string{"X-Forwarded-For": address},
		})
	}
	for i := range 10 {
		if r := from("192.0.2.1", wrong); r.status != http.StatusNotFound {
			t.Fatalf("try %d got %d %s", i+1, r.status, r.body)
		}
	}
	began := time.Now()
	r := from("192.0.2.1", links[group.PersonalLink][0].Token)
	w.want(r, http.StatusTooManyRequests, "slow-down")
	if took := time.Since(began); took < time.Second {
		t.Errorf("the answer came after %v; it should be slow", took)
	}
	if r.header.Get("Retry-After") == "" {
		t.Error("nobody says when to come back")
	}
	w.want(from("192.0.2.2", links[group.PersonalLink][0].Token), http.StatusOK, "")
	w.want(from("2001:db8::1", wrong), http.StatusNotFound, "link")
}

// TestA22ForgedAddress: no header of a stranger moves them to another count.
func TestA22ForgedAddress(t *testing.T) {
	w := newWorld(t, options{})
	for i := range 11 {
		address := fmt.Sprintf("198.51.100.%d", i)
		r := w.do(ask{
			method: "POST", path: "/api/open", body: map[string]string{"token": wrong},
			header: map[string]string{"X-Forwarded-For": address, "True-Client-IP": address, "X-Real-IP": address, "Forwarded": "for=" + address, "CF-Connecting-IP": address},
		})
		want := http.StatusNotFound
		if i == 10 {
			want = http.StatusTooManyRequests
		}
		if r.status != want {
			t.Errorf("try %d got %d, want %d", i+1, r.status, want)
		}
	}
}

// TestGoodLinkWhileOthersGuess: when everybody's allowance is spent, strangers
// are slowed down and a good link still opens.
func TestGoodLinkWhileOthersGuess(t *testing.T) {
	w := newWorld(t, options{limits: web.Limits{FailedEverybody: 2, FailedJoins: limit.Scopes{Narrow: 100}}})
	_, links := w.session()
	w.want(w.open(wrong, ""), http.StatusNotFound, "link")
	w.want(w.open(wrong, ""), http.StatusNotFound, "link")
	w.want(w.open(wrong, ""), http.StatusTooManyRequests, "slow-down")
	w.want(w.open(links[group.PersonalLink][0].Token, ""), http.StatusOK, "")
}

func TestForget(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	_, cookie := w.seat(links[group.PersonalLink][0].Token, "")
	r := w.do(ask{method: "POST", path: "/api/forget", body: "{}", cookie: cookie})
	w.want(r, http.StatusOK, "")
	if got := r.header.Get("Clear-Site-Data"); got != `"cookies", "storage"` {
		t.Errorf("Clear-Site-Data is %q", got)
	}
	for _, c := range r.header.Values("Set-Cookie") {
		if !strings.Contains(c, "=; ") || !strings.Contains(c, "Max-Age=0") {
			t.Errorf("the cookie stays: %s", c)
		}
	}
}

// TestSocketsAtTheLimit: one network has so many sockets and no more, and a
// closed one makes room.
func TestSocketsAtTheLimit(t *testing.T) {
	w := newWorld(t, options{limits: web.Limits{Sockets: limit.Scopes{Narrow: 3}}})
	_, links := w.session()
	var open []*websocket.Conn
	seats := append(links[group.PersonalLink], links[group.LeadLink]...)
	for _, l := range seats[:3] {
		seat, device := w.seat(l.Token, "")
		conn, _ := w.hello(seat, device)
		open = append(open, conn)
	}
	seat, device := w.seat(seats[3].Token, "")
	_, resp, err := w.dial(seat, device)
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("the fourth socket got %v, %v", resp, err)
	}
	open[0].Close(websocket.StatusNormalClosure, "")
	eventually(t, "a closed socket makes room", func() bool {
		conn, _, err := w.dial(seat, device)
		if err != nil {
			return false
		}
		conn.CloseNow()
		return true
	})
}

// eventually asks again until something holds, for five seconds at most.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(5 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}
