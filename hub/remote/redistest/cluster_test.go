package redistest

import (
	"fmt"
	"strings"
	"testing"
)

// A cluster is whole when it is given out: what is published at any of its servers
// goes to all others at once. A server tells only those that it has a link to.
func TestClusterIsWhole(t *testing.T) {
	for _, s := range Cluster(t, 3) {
		nodes, err := s.Do("CLUSTER", "NODES")
		if err != nil {
			t.Fatal(err)
		}
		if said := fmt.Sprint(nodes); strings.Count(said, " connected ") != 3 || strings.Contains(said, "handshake") {
			t.Errorf("a server has no link to some others:\n%s", said)
		}
	}
}
