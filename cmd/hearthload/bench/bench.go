package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"hearth/cmd/hearthload/drive"
)

// scale is how much is measured.
type scale struct {
	idleRooms  int
	idleSettle time.Duration
	formRooms  int
	formFor    time.Duration
	commitFor  time.Duration
	wordRooms  int
	wordRate   int // shares per second over all rooms
	wordFor    time.Duration
	fullFor    time.Duration
	rounds     int
	joins      int // per round
	joinRounds int
	hopRooms   int
	watchFor   time.Duration
}

var whole = scale{
	idleRooms: 200, idleSettle: 8 * time.Second, formRooms: 400, formFor: 20 * time.Second, commitFor: 5 * time.Second,
	wordRooms: 50, wordRate: 2000, wordFor: 4 * time.Second, fullFor: 2500 * time.Millisecond, rounds: 5,
	joins: 1250, joinRounds: 4, hopRooms: 50, watchFor: 20 * time.Second,
}

var brief = scale{
	idleRooms: 50, idleSettle: 3 * time.Second, formRooms: 100, formFor: 6 * time.Second, commitFor: 2 * time.Second,
	wordRooms: 50, wordRate: 2000, wordFor: 3 * time.Second, fullFor: 2 * time.Second, rounds: 1,
	joins: 800, joinRounds: 1, hopRooms: 20, watchFor: 10 * time.Second,
}

// Options say what to run.
type Options struct {
	Short bool   // about a minute, coarser
	Hear  string // a built hearth; empty builds one
	Only  string // letters of parts, such as "cd"; empty for all
	Say   io.Writer
}

// Run measures. It stops by itself within a quarter of an hour.
func Run(ctx context.Context, o Options) (*Report, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	began := time.Now()
	work := drive.Spent()
	dir, err := os.MkdirTemp("", "hearth-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	w := &world{scale: whole, hearth: o.Hear, self: self, dir: dir, say: o.Say,
		rep: &Report{At: began, Machine: machine(), Short: o.Short}}
	if o.Short {
		w.scale = brief
	}
	if w.hearth == "" {
		w.sayf("building hearth")
		if w.hearth, err = drive.Build(ctx, dir, ""); err != nil {
			return nil, err
		}
	}
	err = errors.Join(w.big(ctx, o.Only), w.small(ctx, o.Only), w.several(ctx, o.Only))
	slices.SortStableFunc(w.rep.Figures, func(a, b Figure) int { return strings.Compare(a.Part, b.Part) })
	other := work.Others(time.Since(began)) * 100
	w.rep.note("other work took %.0f %% of one processor meanwhile; beyond 10 %% the times from client to client, and pass or SHORT on them, say little", other)
	w.rep.Took = time.Since(began).Round(time.Second).String()
	return w.rep, err
}

func wants(only string, part string) bool {
	if only == "" {
		return true
	}
	for _, c := range part {
		for _, o := range only {
			if c == o {
				return true
			}
		}
	}
	return false
}

// big is what needs many rooms: idle cost, form events, commits, joins.
func (w *world) big(ctx context.Context, only string) error {
	if !wants(only, "abef") {
		return nil
	}
	w.sayf("starting hearth for many rooms")
	s, err := w.startHearth(ctx, "many")
	if err != nil {
		return err
	}
	defer func() { s.close() }()
	if err := w.idle(ctx, s); err != nil {
		return fmt.Errorf("idle: %w", err)
	}
	if !wants(only, "bef") {
		return nil
	}
	w.sayf("filling %d rooms", w.formRooms)
	began := time.Now()
	was, cpu := len(s.rooms), s.cpu()
	if err := s.fill(ctx, w.formRooms); err != nil {
		return err
	}
	w.wayIn(len(s.rooms)-was, s.cpu()-cpu, time.Since(began))
	if err := s.holdFloor(ctx); err != nil {
		return fmt.Errorf("take the floor: %w", err)
	}
	if wants(only, "b") {
		if err := w.form(ctx, s); err != nil {
			return fmt.Errorf("form events: %w", err)
		}
	}
	if wants(only, "f") {
		if err := w.commits(ctx, s); err != nil {
			return fmt.Errorf("commits: %w", err)
		}
	}
	if wants(only, "e") {
		return w.joining(ctx, s)
	}
	return nil
}

// several is what needs several nodes.
func (w *world) several(ctx context.Context, only string) error {
	if !wants(only, "g") {
		return nil
	}
	was := w.scale
	defer func() { w.scale = was }()
	w.wordRate, w.rounds = w.hopRooms*10, min(w.rounds, 3) // ten shares a second in each room
	if err := w.hopping(ctx); err != nil {
		return fmt.Errorf("hops: %w", err)
	}
	return nil
}

// small is what needs few busy rooms: words beside the bare fan-out.
func (w *world) small(ctx context.Context, only string) error {
	if !wants(only, "cd") {
		return nil
	}
	w.sayf("starting hearth and the bare fan-out for %d rooms", w.wordRooms)
	a, err := w.startHearth(ctx, "few")
	if err != nil {
		return err
	}
	defer func() { a.close() }()
	if err := a.fill(ctx, w.wordRooms); err != nil {
		return err
	}
	if err := a.holdFloor(ctx); err != nil {
		return fmt.Errorf("take the floor: %w", err)
	}
	b, err := w.startBare(ctx, w.wordRooms)
	if err != nil {
		return err
	}
	defer func() { b.close() }()
	if wants(only, "c") {
		if err := w.words(ctx, a, b); err != nil {
			return fmt.Errorf("words: %w", err)
		}
	}
	if wants(only, "d") {
		return w.full(ctx, a, b)
	}
	return nil
}
