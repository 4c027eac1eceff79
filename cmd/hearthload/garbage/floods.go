package garbage

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"hearth/cmd/hearthload/drive"
)

// flood is something sent as fast as the network takes it.
type flood struct {
	name  string
	first []byte // once
	unit  []byte // again and again
	want  []int  // 1006: cut without a close frame, or the frame was lost in the flood
}

func floods() []flood {
	return []flood{
		{"pings", nil, frame(opPing, nil), []int{1008, 1006}},
		{"pings of 125 bytes", nil, frame(opPing, make([]byte, 125)), []int{1008, 1006}},
		{"pongs nobody asked for", nil, frame(opPong, nil), []int{1008, 1006}},
		{"empty continuations", wire{op: opText, more: true, payload: []byte("{")}.bytes(), wire{op: opContinue, more: true}.bytes(), []int{1008, 1006}},
		{"continuations of one byte", wire{op: opText, more: true, payload: []byte("{")}.bytes(),
			wire{op: opContinue, more: true, payload: []byte(" ")}.bytes(), []int{1008, 1009, 1006}},
		{"empty texts", nil, frame(opText, nil), []int{1002, 1008, 1006}},
		{"commands", nil, text(command("hand", `"up":false`)), []int{1008, 1006}},
	}
}

// What one flood may cost (F20).
const (
	cutIn   = time.Second
	cpuEach = 200 * time.Millisecond
	keepsOn = 3 * time.Second // a flood that is not cut stops by itself
	lasts   = 8 * time.Second // all floods one after another, again and again
)

// Floods runs every flood against a server with its limits in force.
func Floods(ctx context.Context, o Options) (*Result, error) {
	s, err := set(ctx, o.Program, filepath.Join(o.Dir, "floods"), false, 6)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &Result{Part: "floods"}
	began := time.Now()
	rows, frames, err := s.quiet(ctx, func() error {
		for n := 0; n == 0 || time.Since(began) < lasts; n++ {
			for i, f := range floods() {
				if err := s.flood(f, s.room.People[(i+n)%3], n == 0, r); err != nil {
					return fmt.Errorf("%s: %w", f.name, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	r.settled(s, rows, frames, began)
	return r, nil
}

func (s *scene) flood(f flood, m *drive.Member, tell bool, r *Result) error {
	c, err := dial(m, true)
	if err != nil {
		return err
	}
	defer c.drop()
	cpu, err := drive.CPU(s.srv.PID())
	if err != nil {
		return err
	}
	began := time.Now()
	over := make(chan struct{})
	var got int
	var took time.Duration
	go func() {
		got = c.end().code
		took = time.Since(began)
		close(over)
	}()
	sent := c.pour(f, began, over)
	c.drop()
	<-over
	used, err := drive.CPU(s.srv.PID())
	if err != nil {
		return err
	}
	if tell {
		r.line("%-28s %7d pieces, cut after %s with %d, %s of server CPU", f.name, sent, took.Round(time.Millisecond), got, used-cpu)
	}
	if took > cutIn {
		r.broken("%s: cut after %s, more than %s", f.name, took, cutIn)
	}
	if used-cpu > cpuEach {
		r.broken("%s: took %s of server CPU, more than %s", f.name, used-cpu, cpuEach)
	}
	if !slices.Contains(f.want, got) {
		r.broken("%s: ended with %d, want %v", f.name, got, f.want)
	}
	return nil
}

// pour writes a flood until the server has ended the connection.
func (r *raw) pour(f flood, began time.Time, over <-chan struct{}) (sent int) {
	_ = r.c.SetDeadline(began.Add(keepsOn))
	burst := bytes.Repeat(f.unit, max(1, 4096/len(f.unit)))
	_, err := r.c.Write(f.first)
	for err == nil && time.Since(began) < keepsOn {
		select {
		case <-over:
			return sent
		default:
		}
		_, err = r.c.Write(burst)
		sent += len(burst) / len(f.unit)
	}
	select {
	case <-over:
	case <-time.After(time.Until(began.Add(keepsOn))):
	}
	return sent
}
