package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/drive"
	"hearth/room"
)

// Who sees what, and in which order (R3, R4, R6): what people at the door are
// sent, what removed people are sent, and whether the names up next stand in the
// order of the journal.

// outIn is how soon a removed person is out (R6).
const outIn = time.Second

// door is what somebody at the door was sent.
type door struct {
	mu    sync.Mutex
	lines [][]byte
}

func (d *door) hear(_ *drive.Member, _ drive.Head, line []byte) {
	d.mu.Lock()
	d.lines = append(d.lines, bytes.Clone(line))
	d.mu.Unlock()
}

// findings are the lines that nobody may be sent before being let in.
func (d *door) findings() (found []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, line := range d.lines {
		h := drive.ParseHead(line)
		switch {
		case h.To == drive.RoomStream || h.To == drive.CareStream:
			found = append(found, fmt.Sprintf("frame %d of the room came to somebody at the door", h.Seq))
		case h.Kind == drive.Hello && !(bytes.Contains(line, []byte(`"room":null`)) && bytes.Contains(line, []byte(`"care":null`))):
			found = append(found, "a snapshot showed the room to somebody at the door")
		case bytes.Contains(line, []byte(saidInside)):
			found = append(found, "words of the room came to somebody at the door")
		}
	}
	return found
}

// saidInside is in everything that is said in a room.
const saidInside = "and so on"

// removal is what became of somebody who was removed.
type removal struct {
	closed     time.Duration // after the facilitator's command was answered; 0: never
	code       int
	lateFrames int  // numbered frames more than a second afterwards
	cameBack   bool // the old device was let in again
	code2      int  // how its new connection was closed
	link       int  // status of opening the link once more
}

func (r removal) findings() (found []string) {
	if r.closed == 0 || r.closed > outIn || r.code != 4403 {
		found = append(found, fmt.Sprintf("the connection of a removed person ended after %s with %d", short(r.closed), r.code))
	}
	if r.lateFrames > 0 {
		found = append(found, fmt.Sprintf("%d frames came to a removed person later than a second", r.lateFrames))
	}
	if r.cameBack || r.code2 != 4401 && r.code2 != 4403 {
		found = append(found, fmt.Sprintf("the device of a removed person was let in again: %v, %d", r.cameBack, r.code2))
	}
	if r.link != 404 {
		found = append(found, fmt.Sprintf("the link of a removed person opened with %d", r.link))
	}
	return found
}

// remove has the lead remove somebody, and follows what becomes of them.
func (s *scene) remove(ctx context.Context, r *drive.Room, m *drive.Member, token string) (removal, error) {
	var out removal
	var mu sync.Mutex
	var at time.Time
	m.Listen(func(_ *drive.Member, h drive.Head, _ []byte) {
		mu.Lock()
		defer mu.Unlock()
		if !at.IsZero() && h.To != drive.NoStream && time.Since(at) > outIn {
			out.lateFrames++
		}
	})
	err := r.Lead.Must(ctx, "remove", map[string]any{"seat": m.Seat, "principle": "safety", "reason": "threat", "urgent": true})
	if err != nil {
		return out, err
	}
	mu.Lock()
	at = time.Now()
	mu.Unlock()
	gone := m.Gone()
	t := time.NewTimer(2 * outIn)
	defer t.Stop()
	select {
	case <-gone:
		out.closed, out.code = max(time.Since(at), 1), int(websocket.CloseStatus(m.Why()))
	case <-t.C:
	}
	drive.Wait(ctx, outIn-time.Since(at))
	mu.Lock()
	late := out.lateFrames
	mu.Unlock()
	out.lateFrames = late
	m.Listen(nil)
	m.Drop()
	if err := m.Connect(ctx, true); err == nil {
		drive.Wait(ctx, 200*time.Millisecond)
		out.cameBack = m.Inside()
	}
	select {
	case <-m.Gone():
		out.code2 = int(websocket.CloseStatus(m.Why()))
	default:
		m.Drop()
	}
	a, err := s.house.Ask(ctx, "POST", "/api/open", m.Cookie, map[string]string{"token": token})
	out.link = a.Status
	return out, err
}

// queues are the names up next after each row of a journal, without one seat:
// the speaker's, whose turn is not in the journal alone.
func queues(rows [][]byte, lead, but string) ([]string, error) {
	state, list := room.New(), []string{""}
	now := time.Now()
	for i, row := range rows {
		e, err := room.DecodeEvent(row)
		if err != nil {
			return nil, fmt.Errorf("read row %d: %w", i+1, err)
		}
		state.Apply(now, e)
		view := state.Snapshot(room.SeatID(lead)).Room()
		if view == nil {
			continue
		}
		b, err := json.Marshal(view.Next)
		if err != nil {
			return nil, err
		}
		list = append(list, without(b, but))
	}
	return list, nil
}

// without takes one seat, and the brackets, out of a list in JSON.
func without(list []byte, seat string) string {
	var out [][]byte
	for _, name := range bytes.Split(bytes.Trim(list, "[]"), []byte{','}) {
		if len(name) > 2 && string(name) != `"`+seat+`"` {
			out = append(out, name)
		}
	}
	return string(bytes.Join(out, []byte{','}))
}

// floorFindings checks that the queues a person was shown are queues of the
// journal, in their order. back says that a snapshot may go back to an earlier
// one: nodes that cannot reach each other do not know the same.
func floorFindings(who string, seen []drive.Seen, held []string, but string, back bool) (found []string, looked int) {
	at := 0
	for _, s := range seen {
		if s.Next == nil {
			continue
		}
		if back && s.To == drive.NoStream {
			at = 0
		}
		looked++
		shown := without(s.Next, but)
		for next := at; ; next++ {
			if next == len(held) {
				found = append(found, fmt.Sprintf("frame %d showed %s a queue that the journal never had then", s.Seq, who))
				break
			}
			if held[next] == shown {
				at = next
				break
			}
		}
	}
	return found, looked
}

// floor reads the journals of a dead server and checks every queue that was
// shown.
func (s *scene) floor(ctx context.Context) (found []string, looked int, err error) {
	var sessions []string
	for _, r := range s.rooms {
		sessions = append(sessions, r.Session)
	}
	rows, err := crash.ReadRows(ctx, s.srv.Dir, sessions)
	if err != nil {
		return nil, 0, err
	}
	return s.floorOf(rows, false)
}

// floorOf checks every queue that was shown against the journals.
func (s *scene) floorOf(rows map[string][][]byte, back bool) (found []string, looked int, err error) {
	for _, r := range s.rooms {
		but := r.People[0].Seat
		held, err := queues(rows[r.Session], r.Lead.Seat, but)
		if err != nil {
			return nil, 0, err
		}
		for _, m := range r.All() {
			m.Hold()
			f, n := floorFindings(m.Role, m.Book.Seen, held, but, back)
			m.Free()
			found, looked = append(found, f...), looked+n
		}
	}
	return found, looked, nil
}
