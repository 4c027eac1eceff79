package house_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hearth/hub/house"
	"hearth/hub/journal"
	"hearth/hub/journal/pgtest"
)

// TestOneOrganiserLinkOfTwoNodes is S13: nodes that start together on an empty
// database make one link, and only the one that made it shows a link.
func TestOneOrganiserLinkOfTwoNodes(t *testing.T) {
	server := pgtest.Start(t)
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("5", 64)+"\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		url := server.Database(t)
		nodes := make([]*house.House, 4)
		var opening sync.WaitGroup
		for i := range nodes {
			opening.Go(func() {
				store, err := journal.OpenPostgres(t.Context(), url, key)
				if err != nil {
					t.Error(err)
					return
				}
				t.Cleanup(func() { _ = store.Close() })
				nodes[i] = &house.House{Store: store, Public: "http://127.0.0.1"}
			})
		}
		opening.Wait()
		if t.Failed() {
			return
		}
		var starting sync.WaitGroup
		var mu sync.Mutex
		var shown []house.GivenLink
		for _, node := range nodes {
			starting.Go(func() {
				link, made, err := node.OrganiserLink(t.Context())
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					t.Error(err)
				case made:
					shown = append(shown, link)
				case link.URL != "":
					t.Error("a node that made no link shows one")
				}
			})
		}
		starting.Wait()
		if len(shown) != 1 {
			t.Fatalf("%d links were shown", len(shown))
		}
		if opened, err := nodes[0].Open(t.Context(), shown[0].Token, house.Visitor{Device: [32]byte{1}, Fresh: [32]byte{1}}); err != nil || opened.Kind != "organiser" {
			t.Errorf("the link that was shown opens %q, %v", opened.Kind, err)
		}
	}
}
