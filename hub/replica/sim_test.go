package replica

import (
	"cmp"
	"container/heap"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth/room"
)

var (
	simSeeds = flag.Int("seeds", 0, "how many seeds the simulation plays through (0: 300, or 2,000 without -short)")
	simSteps = flag.Int("steps", 500, "how many steps each seed has before the faults end")
	simSeed  = flag.Uint64("seed", 0, "one seed, told step by step")
)

// once are seeds that have failed; they are played first, always.
var once = []uint64{
	1, 3, 14, 20, 54, 71, 129, 209, 223, 274, 301, 664, 752, 898, 1456, 1688, 2885, 2994, 3385, 3466, 4625, 6505, 6836, 7325, 7984, 9003, 9849, 10325, 11368, 13376, 34797,
	36378, 38718, 42577, 47939, 9701142872845249804, 7566593209255849743, 7566593209255871625, 7566593209255884416, 4208867902131613089, 5451064700030264581, 9553466313911131692,
	9553466313911132120, 17218158473429075816, 2855784847549325680, 14885025742083518660, 14885025742083511879, 797216681369855053,
	13057370167629640316, 13057370167629643105, 14251042668153512351, 11266843058264809928, 4335019375331109551, 4335019375331111269, 263107613917341155, 263107613917342877,
	18123623823947653224, 17314632045554206848, 14357736922681276125, 1304463675710330845, 1304463675710334679, 13247593371093967654, 13247593371093973440, 6573399176784381934,
	10049645329054279785, 6323024548504832905, 10181149548700220330,
	13228350934319879659, // a node alone owed words to one that had gone
}

// sim is one run of several nodes, their journal, their relay, their clocks and
// the people on them. Everything follows from the seed; time goes by only
// between events.
type sim struct {
	seed  uint64
	rng   *rand.Rand
	now   time.Duration // since the run began, by the true clock
	queue happenings
	order int
	steps int
	trace uint64
	tell  func(format string, args ...any) // nil: nobody listens

	store    store
	nodes    []*node
	people   []*person
	presence map[room.SeatID][]*node // each with the life it was in
	words    map[string]*spoken
	digests  map[string]digest
	silent   bool          // messages may be lost with nobody being told
	calm     bool          // the faults have ended
	calmAt   time.Duration // since then
	pace     time.Duration // people think about so long
	err      error
}

// happening is what happens at a moment.
type happening struct {
	at    time.Duration
	order int
	do    func()
}

// happenings is what will happen: a heap, with the next on top.
type happenings []happening

func (q happenings) Len() int      { return len(q) }
func (q happenings) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *happenings) Push(x any)   { *q = append(*q, x.(happening)) }

func (q happenings) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].order < q[j].order
}

func (q *happenings) Pop() any {
	last := len(*q) - 1
	h := (*q)[last]
	(*q)[last] = happening{}
	*q = (*q)[:last]
	return h
}

// began is the true time at the start of every run.
var began = time.Date(2026, 3, 3, 19, 0, 0, 0, time.UTC)

// at lets something happen in a while.
func (s *sim) at(wait time.Duration, do func()) {
	s.order++
	heap.Push(&s.queue, happening{s.now + max(0, wait), s.order, do})
}

// step lets the next thing happen; false: nothing is left.
func (s *sim) step() bool {
	if len(s.queue) == 0 {
		return false
	}
	next := heap.Pop(&s.queue).(happening)
	s.now = next.at
	s.steps++
	s.mark(uint64(next.at), uint64(next.order))
	next.do()
	return true
}

// mark adds to the trace.
func (s *sim) mark(values ...uint64) {
	for _, v := range values {
		s.trace = (s.trace ^ v) * 1099511628211
	}
}

func (s *sim) markBytes(b []byte) { s.mark(uint64(crc32.ChecksumIEEE(b))) }

func (s *sim) say(format string, args ...any) {
	if s.tell != nil {
		s.tell("%9.3f %s", s.now.Seconds(), fmt.Sprintf(format, args...))
	}
}

// wrong notes that something is not as it must be.
func (s *sim) wrong(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	s.say("WRONG: %v", err)
	if s.err == nil {
		s.err = fmt.Errorf("seed %d, step %d, %.3f s: %w", s.seed, s.steps, s.now.Seconds(), err)
	}
}

// between draws a time.
func (s *sim) between(least, most time.Duration) time.Duration {
	return least + time.Duration(s.rng.Int64N(int64(most-least)+1))
}

// one in so many.
func (s *sim) one(in int) bool { return s.rng.IntN(in) == 0 }

// run plays a seed through: with faults, then without, until all should be well.
func (s *sim) run(steps int) error {
	for s.steps < steps && s.err == nil && s.step() {
	}
	s.heal()
	for end := s.now + quietFor; s.now < end && s.err == nil && s.step(); {
	}
	for end := s.now + 5*time.Second; s.now < end && !s.atRest() && s.err == nil && s.step(); {
	}
	if s.err == nil {
		s.finally()
	}
	for _, n := range s.nodes {
		n.stop()
	}
	return s.err
}

// atRest: no node is in the middle of something.
func (s *sim) atRest() bool {
	for _, n := range s.nodes {
		if h := n.host; n.up && h != nil && (!h.idle || len(h.box) > 0 || h.lastAt > s.now) {
			return false
		}
	}
	return true
}

// quietFor is how long all has to be well after the last fault: a dead node is
// known to be dead after 20 s, and what follows takes a moment.
const quietFor = 45 * time.Second

// play runs one seed.
func play(seed uint64, steps int, tell func(string, ...any)) (s *sim, err error) {
	s = newSim(seed)
	s.tell = tell
	s.begin()
	return s, s.run(steps)
}

// TestSim plays the seeds that have failed and many that nobody has seen, on as
// many cores as there are for two. A run that fails names its seed; -seed plays it
// again, step by step.
func TestSim(t *testing.T) {
	if *simSeed != 0 {
		if _, err := play(*simSeed, *simSteps, t.Logf); err != nil {
			t.Fatal(err)
		}
		return
	}
	seeds := cmp.Or(*simSeeds, 2000)
	if *simSeeds == 0 && testing.Short() {
		seeds = 300
	}
	all, first := slices.Clone(once), rand.Uint64()
	for i := range seeds {
		all = append(all, max(1, first+uint64(i)))
	}
	start := time.Now()
	var next, steps atomic.Int64
	var mu sync.Mutex
	var failed []error
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				mu.Lock()
				enough := len(failed) >= 10
				mu.Unlock()
				if i >= len(all) || enough {
					return
				}
				s, err := play(all[i], *simSteps, nil)
				steps.Add(int64(s.steps))
				if err != nil {
					mu.Lock()
					failed = append(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	both.Wait()
	for _, err := range failed {
		t.Error(err)
	}
	t.Logf("%d seeds from %d on, %d steps, %.1f s", min(int(next.Load()), len(all)), first, steps.Load(), time.Since(start).Seconds())
}

// TestSimReplays: a seed always gives the same run.
func TestSimReplays(t *testing.T) {
	for seed := uint64(1); seed <= 20; seed++ {
		a, _ := play(seed, *simSteps, nil)
		b, _ := play(seed, *simSteps, nil)
		if a.trace != b.trace || a.steps != b.steps {
			t.Fatalf("seed %d: %x after %d steps, then %x after %d", seed, a.trace, a.steps, b.trace, b.steps)
		}
	}
}

var errDown = errors.New("sim: not there just now")
