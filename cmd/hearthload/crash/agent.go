package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
)

// agent is one person who takes part: raises a hand, takes, passes or puts off
// a turn, speaks, yields; the lead carries on after a restart. When the
// connection is gone it comes back by itself.
type agent struct {
	m    *drive.Member
	rng  *rand.Rand
	pace time.Duration // between two acts, on average
	back atomic.Int64  // when it was last connected, Unix ns

	mu    sync.Mutex
	now   view
	names int // how many names it has asked for
}

// view is what an agent knows of itself and of the room.
type view struct {
	Offer  json.RawMessage `json:"offer"`
	Turn   *turnView       `json:"turn"`
	Can    canView         `json:"can"`
	Held   json.RawMessage `json:"held"`
	Format struct {
		Name string `json:"name"`
	} `json:"format"`
}

type turnView struct {
	Stage string `json:"stage"`
}

type canView struct {
	Share   bool `json:"share"`
	Hand    bool `json:"hand"`
	HandUp  bool `json:"hand_up"`
	Process bool `json:"process"`
}

func newAgent(m *drive.Member, seed uint64, pace time.Duration) *agent {
	a := &agent{m: m, rng: rand.New(rand.NewPCG(seed, 1)), pace: pace}
	m.Listen(a.hear)
	return a
}

// hear keeps the view up to date. It runs on the reader's goroutine.
func (a *agent) hear(_ *drive.Member, h drive.Head, line []byte) {
	switch {
	case h.Kind == drive.Hello:
		var f struct{ Me, Room json.RawMessage }
		if json.Unmarshal(line, &f) != nil {
			return
		}
		a.mu.Lock()
		a.now = view{}
		a.merge(f.Me, drive.MeStream)
		a.merge(f.Room, drive.RoomStream)
		a.mu.Unlock()
	case h.Kind == drive.Set && (h.To == drive.MeStream || a.leads() && h.To == drive.RoomStream):
		var f struct{ Set json.RawMessage }
		if json.Unmarshal(line, &f) == nil {
			a.mu.Lock()
			a.merge(f.Set, h.To)
			a.mu.Unlock()
		}
	}
}

// merge takes the sections of one stream. A fresh value per section: a section
// comes whole and replaces what was.
func (a *agent) merge(set json.RawMessage, to drive.Stream) {
	var s map[string]json.RawMessage
	if len(set) == 0 || json.Unmarshal(set, &s) != nil {
		return
	}
	take := func(key string, into any) {
		if v, ok := s[key]; ok {
			_ = json.Unmarshal(v, into)
		}
	}
	if to == drive.MeStream {
		if v, ok := s["offer"]; ok {
			a.now.Offer = v
		}
		if _, ok := s["turn"]; ok {
			a.now.Turn = nil
			take("turn", &a.now.Turn)
		}
		if _, ok := s["can"]; ok {
			a.now.Can = canView{}
			take("can", &a.now.Can)
		}
		return
	}
	if v, ok := s["held"]; ok {
		a.now.Held = v
	}
	take("format", &a.now.Format)
}

func (a *agent) leads() bool { return a.m.Role == "lead" }

func set(v json.RawMessage) bool { return len(v) > 0 && !bytes.Equal(v, []byte("null")) }

// live keeps the agent going until ctx ends.
func (a *agent) live(ctx context.Context) {
	a.back.Store(time.Now().UnixNano())
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-a.m.Gone():
			a.back.Store(0)
			a.comeBack(ctx)
		case <-time.After(a.pause()):
			a.act()
		}
	}
}

// pause is between half and one and a half of the pace; a quarter of that for
// whom the others wait.
func (a *agent) pause() time.Duration {
	p := a.pace/2 + rand.N(a.pace)
	a.mu.Lock()
	defer a.mu.Unlock()
	if set(a.now.Offer) || a.now.Turn != nil || set(a.now.Held) {
		return p / 4
	}
	return p
}

// comeBack connects again: after a jitter of at most a second, then as often as
// it takes. What was not answered is sent again under its old id.
func (a *agent) comeBack(ctx context.Context) {
	rest := rand.N(time.Second)
	for {
		select {
		case <-time.After(rest):
		case <-ctx.Done():
			return
		}
		if a.m.Connect(ctx, false) == nil {
			break
		}
		rest = 100*time.Millisecond + rand.N(200*time.Millisecond)
	}
	a.back.Store(time.Now().UnixNano())
	for _, msg := range a.m.Unanswered() {
		if a.m.Write(msg) != nil {
			return
		}
	}
}

// act does one thing that fits.
func (a *agent) act() {
	a.mu.Lock()
	v := a.now
	a.mu.Unlock()
	verb, fields := a.choose(v)
	if verb == "" {
		return
	}
	id, err := a.m.Send(verb, fields)
	if err == nil && a.rng.IntN(10) == 0 {
		_ = a.m.Write(drive.Command(id, verb, fields)) // the same id gives the first answer again
	}
	if verb == "hand" && a.rng.IntN(5) == 0 {
		_, _ = a.m.Send("hand", map[string]bool{"up": v.Can.HandUp}) // two in a row, unasked
	}
}

func (a *agent) choose(v view) (string, any) {
	luck := a.rng.IntN(10)
	switch {
	case a.leads() && set(v.Held):
		return "carry-on", nil
	case a.leads() && v.Format.Name == "":
		return "begin", map[string]string{"format": "queue"}
	case set(v.Offer):
		return []string{"take", "take", "take", "take", "take", "take", "pass", "pass", "later", "moment"}[luck], nil
	case v.Turn != nil && v.Turn.Stage == "speaking" && luck < 6:
		return "share", map[string]string{"text": "these are words that somebody says"}
	case v.Turn != nil:
		return "yield", nil
	case a.leads() || a.m.Role == "wellbeing":
		return a.facilitate(v, luck)
	case v.Can.HandUp && luck < 3:
		return "hand", map[string]bool{"up": false}
	case v.Can.HandUp && luck < 5, v.Can.Hand && !v.Can.HandUp && luck < 3:
		a.names++ // a name of its own for each asking, so that whoever sees it knows whose doing it is
		return "rename", map[string]string{"name": fmt.Sprintf("%s %d", a.m.Name, a.names)}
	case v.Can.Hand && !v.Can.HandUp:
		return "hand", map[string]bool{"up": true}
	}
	return "", nil
}

func (a *agent) facilitate(v view, luck int) (string, any) {
	switch {
	case v.Can.Process && luck < 2:
		return "process", map[string]string{"text": "a line at a turn boundary"}
	case luck < 3 && !a.leads():
		return "door", map[string]bool{"locked": a.rng.IntN(2) == 0}
	}
	return "", nil
}
