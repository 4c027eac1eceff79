package peers

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
	"hearth/hub/fail"
)

// backFrom is how soon a room that panicked is there again (F24).
const backFrom = 2 * time.Second

// Panic has one room of twenty panic, over a command that has not been done and
// over one that is in the journal already (F24).
func Panic(ctx context.Context, o Options) (*Report, error) {
	s, err := set(ctx, o, 20, "HEARTH_FAILPOINT="+fail.PanicInRoom)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &Report{Part: "F24"}
	defer r.begin()()
	times := o.pick(20, 2)
	broken, whole := s.rooms[0], s.rooms[1:]
	s.talk(ctx, standard, whole...)
	drive.Wait(ctx, 500*time.Millisecond)
	epochs := map[*drive.Member]string{}
	for _, m := range s.all() {
		epochs[m] = m.Epoch()
	}
	s.lat.Reset()
	var last time.Duration
	for n := range times {
		where := []string{fail.PanicEarly, fail.PanicLate}[n%2]
		took, err := s.breakRoom(ctx, broken, n, where)
		if err != nil {
			return r, fmt.Errorf("panic %d, %s: %w", n+1, where, err)
		}
		last = max(last, took)
		drive.Wait(ctx, 700*time.Millisecond)
	}
	r.within(fmt.Sprintf("the room is back, each of %d times", times), last, backFrom)
	r.heard(s, fmt.Sprintf("the %d other rooms", len(whole)), othersIn)
	n := r.unharmed("other rooms", whole, nil)
	var anew int64
	for _, room := range whole {
		for _, m := range room.All() {
			if m.Epoch() != epochs[m] {
				anew++
			}
		}
	}
	r.none(fmt.Sprintf("other rooms: people of %d who saw a new epoch", n), anew)
	r.unharmed("the room itself", s.rooms[:1], nil)
	r.none("commands refused in the other rooms", s.refuse.Load())
	r.sound(s, times)
	return r, nil
}

// breakRoom sends a command that makes its room panic, and says after how long
// everybody there was shown the room again.
func (s *scene) breakRoom(ctx context.Context, room *drive.Room, n int, where string) (took time.Duration, err error) {
	old := room.Lead.Epoch()
	var back atomic.Int64
	for _, m := range room.All() {
		m.Listen(func(m *drive.Member, h drive.Head, line []byte) {
			if h.Kind == drive.Hello && m.Inside() && m.Epoch() != old {
				back.Add(1)
			}
		})
	}
	by := room.People[1+n%(len(room.People)-2)]
	id := where + "-" + drive.NewID()[:8]
	msg := drive.Command(id, "hand", map[string]bool{"up": n%16 < 8})
	if err := by.Write(msg); err != nil {
		return 0, err
	}
	everybody := int64(len(room.All()))
	took, ok := until(ctx, 5*time.Second, func() bool { return back.Load() >= everybody })
	if !ok {
		return took, fmt.Errorf("%d of %d were shown the room again", back.Load(), everybody)
	}
	// Sent again, as a browser would: never a second panic.
	again, err := by.Await(ctx, id, msg)
	if err != nil {
		return took, err
	}
	early := where == fail.PanicEarly
	if early && again.Code != "broken" || !early && (again.Code != "" || again.Form == 0) {
		return took, fmt.Errorf("sent again it was answered %q, number %d", again.Code, again.Form)
	}
	if err := room.Lead.Must(ctx, "carry-on", nil); err != nil {
		return took, fmt.Errorf("go on: %w", err)
	}
	return took, room.People[len(room.People)-1].Must(ctx, "hand", map[string]bool{"up": n%2 == 0})
}
