package presence_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hearth/hub/presence"
	"hearth/hub/remote/redistest"
)

// TestForgedPresenceIsNotBelieved is S04: somebody who can write to Redis makes
// nobody seem to be here: not with fields of their own making under the lease of a
// living node, not with fields of other seats, sessions, connections or houses. The
// loss of the only facilitator is seen all the same.
func TestForgedPresenceIsNotBelieved(t *testing.T) {
	ctx := t.Context()
	s := redistest.Start(t, redistest.Options{})
	one, two := node(t, s, "one"), node(t, s, "two")
	writer := dial(t, s).Client()
	stranger := presence.NewRedis(dial(t, s).Client(), "three", [32]byte{8}, nil)
	t.Cleanup(func() { _ = stranger.Close() })

	must := func(_ bool, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(two.Join(ctx, "s", "ann", 1))
	must(two.Join(ctx, "other", "lea", 2))
	must(stranger.Join(ctx, "s", "lea", 3))
	must(one.Join(ctx, "s", "lea", 4))
	read := func(session string) map[string]string {
		t.Helper()
		all, err := writer.HGetAll(ctx, "hearth:pres:{"+session+"}").Result()
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	there, other := read("s"), read("other")
	forged := forgeries(there, other)
	for at, entry := range forged {
		if err := writer.HSet(ctx, "hearth:pres:{s}", at, entry).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if len(forged) < 1000 {
		t.Fatalf("%d forgeries", len(forged))
	}
	lost, err := one.Leave(context.WithoutCancel(ctx), "s", "lea", 4)
	if err != nil || !lost {
		t.Errorf("the loss of the only facilitator was hidden by %d forged fields, %v", len(forged), err)
	}
	if here, err := one.Here(ctx, "s", "lea"); err != nil || here {
		t.Errorf("a forged field is believed, %v", err)
	}
	if here, err := one.Here(ctx, "s", "ann"); err != nil || !here {
		t.Errorf("who is on another node is not seen any more, %v", err)
	}
}

// forgeries are fields under leases that live, each with an entry that no node
// wrote there.
func forgeries(there, other map[string]string) map[string]string {
	forged := map[string]string{}
	random := rand.New(rand.NewPCG(4, 4))
	fields := slices.Collect(maps.Keys(there))
	for i := range 1000 {
		lease, _, _ := strings.Cut(fields[i%len(fields)], "/")
		mac := make([]byte, 16)
		for j := range mac {
			mac[j] = byte(random.Uint32())
		}
		forged[fmt.Sprintf("%s/%d", lease, 1000+i)] = []string{"lea", "lea ", "lea " + hex.EncodeToString(mac), "lea " + hex.EncodeToString(mac[:i%16])}[i%4]
	}
	i := 0
	for at, entry := range there { // another seat's entry, another connection's place
		lease, _, _ := strings.Cut(at, "/")
		_, mac, _ := strings.Cut(entry, " ")
		forged[fmt.Sprintf("%s/%d", lease, 3000+i)] = "lea " + mac
		forged[fmt.Sprintf("%s/%d", lease, 4000+i)] = entry
		i++
	}
	for at, entry := range other { // another session's
		forged[at] = entry
	}
	return forged
}
