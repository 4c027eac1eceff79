package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth/cmd/hearthload/drive"
)

const perRoom = 12 // lead, wellbeing, ten participants

// Side is one of the two servers with its rooms.
type side struct {
	name  string
	srv   *drive.Server
	nodes []*drive.Server // all of them, where there are several
	house *drive.House
	group string
	rooms [][]*drive.Member // everybody; in hearth's rooms lead and wellbeing come first
}

func (s *side) all(yield func(*drive.Member) bool) {
	for _, r := range s.rooms {
		for _, m := range r {
			if !yield(m) {
				return
			}
		}
	}
}

// speaker is who talks in a room: the first participant.
func speaker(room []*drive.Member) *drive.Member { return room[2] }

func (s *side) close() {
	if s == nil {
		return
	}
	for _, srv := range s.servers() {
		srv.Kill()
	}
	for m := range s.all {
		m.Drop()
	}
}

func (s *side) servers() []*drive.Server {
	if len(s.nodes) > 0 || s.srv == nil {
		return s.nodes
	}
	return []*drive.Server{s.srv}
}

func (s *side) cpu() (sum time.Duration) {
	for _, srv := range s.servers() {
		if d, err := drive.CPU(srv.PID()); err == nil {
			sum += d
		}
	}
	return sum
}

type world struct {
	scale
	hearth, self string // programs
	dir          string
	rep          *Report
	say          io.Writer
}

func (w *world) sayf(format string, args ...any) {
	fmt.Fprintf(w.say, format+"\n", args...)
}

func (w *world) startHearth(ctx context.Context, name string) (*side, error) {
	dir := filepath.Join(w.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a data folder: %w", err)
	}
	spec := drive.HearthSpec(w.hearth, dir, true)
	spec.CPU = 0
	srv, err := spec.Start(ctx)
	if err != nil {
		return nil, err
	}
	s := &side{name: "hearth", srv: srv, house: drive.NewHouse(srv.URL)}
	token, err := srv.OrganiserToken(ctx)
	if err == nil {
		s.group, err = s.house.Organise(ctx, token, "Bench group")
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// fill adds rooms to hearth until there are n.
func (s *side) fill(ctx context.Context, n int) error {
	if n <= len(s.rooms) {
		return nil
	}
	rooms, err := s.house.Rooms(ctx, s.group, n-len(s.rooms), 24, drive.Plan{Participants: perRoom - 2, Format: "queue"})
	for _, r := range rooms {
		if r != nil && r.Lead != nil && r.Care != nil {
			s.rooms = append(s.rooms, r.All())
		}
	}
	if err != nil {
		return fmt.Errorf("fill the rooms: %w", err)
	}
	return nil
}

func (w *world) startBare(ctx context.Context, rooms int) (*side, error) {
	dir := filepath.Join(w.dir, fmt.Sprintf("bare%d", rooms))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	srv, err := drive.Spec{Program: w.self, Args: []string{"bare", "-listen={listen}"}, Dir: dir, CPU: 0, Ready: "/healthz"}.Start(ctx)
	if err != nil {
		return nil, err
	}
	s := &side{name: "bare", srv: srv, house: drive.NewHouse(srv.URL)}
	s.rooms = make([][]*drive.Member, rooms)
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for i := range s.rooms {
		s.rooms[i] = make([]*drive.Member, perRoom)
		for j := range s.rooms[i] {
			s.rooms[i][j] = &drive.Member{House: s.house, Seat: fmt.Sprintf("room-%06d.seat-%05d", i, j)}
		}
		g.Go(func() error {
			for _, m := range s.rooms[i] {
				if err := m.Connect(gctx, true); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		s.close()
		return nil, fmt.Errorf("fill the bare rooms: %w", err)
	}
	return s, nil
}

// holdFloor lets the speaker of each of hearth's rooms raise a hand and take
// the turn, which then stays with them.
func (s *side) holdFloor(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(24)
	for _, r := range s.rooms {
		g.Go(func() error { return speaker(r).TakeFloor(gctx) })
	}
	err := g.Wait()
	drive.Wait(ctx, time.Second) // the last of these frames are still on their way
	return err
}

// restart kills the server and starts it on the same rooms, bound as before.
func (s *side) restart(ctx context.Context) error {
	s.srv.Kill()
	for m := range s.all {
		m.Drop()
	}
	srv, err := s.srv.Again(ctx)
	if err != nil {
		return fmt.Errorf("start anew: %w", err)
	}
	s.srv = srv
	return nil
}

// connect connects everybody, facilitators first.
func (s *side) connect(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for _, r := range s.rooms {
		g.Go(func() error {
			for _, m := range r {
				if err := m.Connect(gctx, true); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// carryOn has the lead of each of hearth's rooms end the hold that follows a
// restart.
func (s *side) carryOn(ctx context.Context) error {
	for _, r := range s.rooms {
		if err := r[0].Must(ctx, "carry-on", nil); err != nil {
			return err
		}
	}
	return nil
}

// until asks often whether something has come about, at most for a time.
func until(ctx context.Context, most time.Duration, ok func() bool) bool {
	end := time.Now().Add(most)
	for !ok() {
		if ctx.Err() != nil || time.Now().After(end) {
			return ok()
		}
		drive.Wait(ctx, 5*time.Millisecond)
	}
	return true
}
