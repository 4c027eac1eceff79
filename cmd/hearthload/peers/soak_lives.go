package peers

import (
	"context"
	"fmt"
	"time"

	"hearth/cmd/hearthload/drive"
)

// lives kills the server again and again, and takes samples of its memory.
func (s *soak) lives(ctx context.Context) error {
	every := max(time.Second, min(s.plan.Kill/30, 20*time.Second))
	warm := min(soakWarm, s.plan.Kill*6/10)
	for ctx.Err() == nil {
		drive.Wait(ctx, every)
		age := time.Since(time.Unix(0, s.up.Load()))
		if ctx.Err() == nil && age >= s.plan.Kill {
			if err := s.killOnce(ctx); err != nil {
				return err
			}
			continue
		}
		if age < warm || ctx.Err() != nil {
			continue
		}
		h, err := s.held(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			return err
		default:
			s.samples = append(s.samples, sample{time.Since(s.began), int(s.life.Load()), float64(h.rss) / (1 << 20)})
			if n := len(s.samples); n%20 == 0 {
				rate, give := slope(s.samples)
				fmt.Fprintf(s.o.Say, "%s: %.1f MiB, %d goroutines, %d files; %+.1f ± %.1f MiB/h so far\n",
					time.Since(s.began).Round(time.Second), float64(h.rss)/(1<<20), h.goroutines, h.files, rate, give)
			}
		}
	}
	return nil
}

// killOnce kills the server, starts it again, and waits until nearly everybody
// is back; a few of them are away at any time.
func (s *soak) killOnce(ctx context.Context) error {
	inside := s.inside()
	s.srv.Kill()
	began := time.Now()
	srv, err := s.srv.Again(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	s.srv = srv
	s.newLife()
	took, ok := until(ctx, 30*time.Second, func() bool { return s.inside() >= inside*95/100 })
	if ok {
		s.back = append(s.back, time.Since(began))
	} else if ctx.Err() == nil {
		return fmt.Errorf("%d of %d were back %s after a kill", s.inside(), inside, short(took))
	}
	return nil
}

// inside is how many people are in their rooms now.
func (s *soak) inside() (n int) {
	s.mu.Lock()
	var rooms []*soakRoom
	for _, room := range s.slots {
		if room != nil {
			rooms = append(rooms, room)
		}
	}
	s.mu.Unlock()
	for _, room := range rooms {
		for _, m := range room.All() {
			if m.Inside() {
				n++
			}
		}
	}
	return n
}

func (s *soak) report(r *Report) {
	r.Took = time.Since(s.began)
	for _, f := range []struct {
		what string
		of   func([]sample) (float64, float64)
	}{{"memory within a life of the server", slope}, {"memory from one life to the next", drift}} {
		rate, give := f.of(s.samples)
		target := fmt.Sprintf("at most %+.1f MiB/h", soakSlope)
		judged := s.plan.For >= soakJudges
		if !judged {
			target += ", judged from " + soakJudges.String() + " on"
		}
		r.Figures = append(r.Figures, Figure{What: f.what, Got: fmt.Sprintf("%+.1f ± %.1f MiB/h", rate, give), Target: target, OK: !judged || rate <= soakSlope})
	}
	var longest time.Duration
	for _, b := range s.back {
		longest = max(longest, b)
	}
	r.within(fmt.Sprintf("95 %% are back after each of %d kills", len(s.back)), longest, soakBack)
	s.done.Wait()
	r.none("frames missing or out of order", s.faults.Load())
	r.least("sessions that came to their end", s.ended.Load(), 1)
	r.least("connections that ended and came back", s.churned.Load(), int64(soakChurn*soakRooms*perRoom*s.plan.For.Minutes()/2))
	r.least("samples of the memory", int64(len(s.samples)), 20)
	if n, err := s.srv.Measure("hearth_room_panics_total"); err == nil {
		r.none("rooms that panicked", int64(n))
	}
	if d, err := drive.CPU(s.srv.PID()); err == nil {
		fmt.Fprintf(s.o.Say, "processor time of the last life: %s\n", d.Round(time.Second))
	}
}
