package peers

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
)

// apartFor is how long the second node cannot reach the other.
const apartFor = 4 * time.Second

// Moves has people change from one node to the other while these cannot reach
// each other, in both directions. The frames of the two are counted apart then:
// whoever changes has to be shown the whole room, for the other node cannot know
// what they have seen (R3).
func Moves(ctx context.Context, o Options) (*Report, error) {
	r := &Report{Part: "apart"}
	p, err := newPair(ctx, o, 0)
	if err != nil {
		return r, err
	}
	defer p.end()
	defer r.begin()()
	if err := p.fill(ctx, watchRooms, watchPeople/2); err != nil {
		return r, err
	}
	drive.Wait(ctx, time.Second)
	for _, room := range p.rooms {
		p.talk(ctx, pace{50 * time.Millisecond, 50 * time.Millisecond, 90}, room)
	}
	drive.Wait(ctx, time.Second)
	p.leaky.cut()
	drive.Wait(ctx, apartFor/2)
	var anew, resumed atomic.Int64
	moved := 0
	for _, room := range p.rooms {
		for n, to := range map[int]*drive.House{1: p.there, watchPeople - 1: p.house} {
			m := room.People[n]
			m.Listen(func(_ *drive.Member, h drive.Head, _ []byte) {
				switch h.Kind {
				case drive.Hello:
					anew.Add(1)
				case drive.Resumed:
					resumed.Add(1)
				}
			})
			m.Drop()
			m.House = to
			if err := m.Connect(ctx, false); err != nil {
				return r, fmt.Errorf("change to the other node: %w", err)
			}
			moved++
		}
	}
	r.all("people who change nodes and are shown the room anew", int(anew.Load()), moved)
	r.none("people who were taken for having seen what they had not", resumed.Load())
	drive.Wait(ctx, apartFor/2)
	p.leaky.mend()
	drive.Wait(ctx, 3*time.Second)
	found, counts, err := p.found(ctx, true)
	r.none("frames or queues not as for everybody", int64(len(found)))
	r.least("frames that were shown", int64(counts.Frames), 3000)
	for i, f := range found {
		if i < 3 {
			fmt.Fprintln(o.Say, "  ", f)
		}
	}
	return r, err
}
