package bare_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"hearth/cmd/hearthload/bare"
	"hearth/cmd/hearthload/drive"
	"hearth/hub/freeport"
)

// The yardstick itself must be whole: everybody gets everything once.
func TestEverybodyHearsEverything(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	addr, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- bare.Serve(ctx, addr) }()
	house := drive.NewHouse("http://" + addr)
	var heard atomic.Int64
	done := make(chan struct{})
	const people, shares = 12, 50
	var ms []*drive.Member
	for i := range people {
		m := &drive.Member{House: house, Seat: fmt.Sprintf("r1.%d", i)}
		m.Listen(func(_ *drive.Member, h drive.Head, _ []byte) {
			if h.Kind == drive.Words && heard.Add(1) == people*shares {
				close(done)
			}
		})
		for m.Connect(ctx, true) != nil {
			if ctx.Err() != nil {
				t.Fatal("the bare server does not answer")
			}
		}
		defer m.Drop()
		ms = append(ms, m)
	}
	for i := range shares {
		if _, err := ms[i%people].Send("share", map[string]string{"text": "hello"}); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatalf("heard %d of %d", heard.Load(), people*shares)
	}
	for _, m := range ms {
		if err := m.Fault(); err != nil {
			t.Error(err)
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
