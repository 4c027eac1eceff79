package presence_test

import (
	"testing"

	"hearth/hub"
	"hearth/hub/cluster"
	"hearth/hub/presence"
	"hearth/hub/presence/conform"
)

var (
	_ hub.Presence   = (*presence.Memory)(nil)
	_ cluster.Leases = (*presence.Memory)(nil)
)

func TestMemoryConforms(t *testing.T) {
	conform.Run(t, func(*testing.T) conform.Presence { return presence.NewMemory() })
}

func TestMemoryConformsWithManyNodes(t *testing.T) {
	conform.RunNodes(t, func(*testing.T) conform.Nodes {
		house := presence.NewMemory()
		return conform.Nodes{
			Open: func(name string) conform.Node { return house.Another(name) },
			Kill: func(n conform.Node) { _ = n.(*presence.Memory).Close() },
		}
	})
}
