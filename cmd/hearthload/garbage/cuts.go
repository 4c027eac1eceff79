package garbage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth/cmd/hearthload/drive"
)

// Cuts sends proper commands, in one to five fragments, and ends the connection
// after every byte but the last (F4; the library gives a text that was cut by
// FIN as if it were whole). Nothing may come of any.
func Cuts(ctx context.Context, o Options) (*Result, error) {
	s, err := set(ctx, o.Program, filepath.Join(o.Dir, "cuts"), true, 10)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &Result{Part: "cut messages"}
	began := time.Now()
	var cuts atomic.Int64
	rows, frames, err := s.quiet(ctx, func() error {
		g, ctx := errgroup.WithContext(ctx)
		for a := range attackers {
			rng := rand.New(rand.NewPCG(o.Seed, uint64(a)))
			g.Go(func() error {
				for i := a; i < o.Cuts; i += attackers {
					whole := fragments(rng, command("hand", `"up":true`), 1+i%5)
					for n := 1; n < len(whole); n++ {
						if ctx.Err() != nil {
							return ctx.Err()
						}
						if err := s.cut(s.seatOf(a, n), whole[:n], (i+n)%2 == 0); err != nil {
							return err
						}
						cuts.Add(1)
					}
				}
				return nil
			})
		}
		return g.Wait()
	})
	if err != nil {
		return r, err
	}
	r.line("%d commands cut after every byte: %d cuts", o.Cuts, cuts.Load())
	r.settled(s, rows, frames, began)
	return r, nil
}

// cut sends the beginning of a command and ends the connection, by FIN or RST.
func (s *scene) cut(m *drive.Member, part []byte, fin bool) error {
	c, err := dial(m, true)
	if err != nil {
		return err
	}
	defer c.drop()
	if _, err := c.c.Write(part); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	if !fin {
		c.reset()
		return nil
	}
	if half, ok := c.c.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return fmt.Errorf("half-close: %w", err)
		}
	}
	if e := c.end(); e.ack > 0 {
		return fmt.Errorf("a cut command was acknowledged: %q", part)
	}
	return nil
}

// fragments writes a message as n frames.
func fragments(rng *rand.Rand, msg string, n int) []byte {
	var out []byte
	op := byte(opText)
	for i := range n {
		size := len(msg)
		if i < n-1 {
			size = rng.IntN(max(len(msg)/2, 1))
		}
		out = append(out, wire{op: op, more: i < n-1, payload: []byte(msg[:size])}.bytes()...)
		msg, op = msg[size:], opContinue
	}
	return out
}
