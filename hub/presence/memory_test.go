package presence_test

import (
	"testing"

	"go.uber.org/goleak"

	"hearth/hub"
	"hearth/hub/presence"
	"hearth/hub/presence/conform"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ hub.Presence = (*presence.Memory)(nil)

func TestMemoryConforms(t *testing.T) {
	conform.Run(t, func(*testing.T) conform.Presence { return presence.NewMemory() })
}
