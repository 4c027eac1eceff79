package relay_test

import (
	"testing"
	"time"

	"hearth/hub"
	"hearth/hub/relay"
	"hearth/hub/relay/conform"
)

var (
	_ hub.Relay = (*relay.Memory)(nil)
	_ hub.Relay = (*relay.Redis)(nil)
)

func TestMemoryConforms(t *testing.T) {
	conform.Run(t, func(t *testing.T) conform.House {
		var ends []*relay.Memory
		first := relay.NewMemory()
		t.Cleanup(func() { _ = first.Close() })
		each := func(do func(*relay.Memory)) func() {
			return func() {
				for _, end := range ends {
					do(end)
				}
			}
		}
		return conform.House{
			Open: func() conform.Relay {
				end := first.Another()
				ends = append(ends, end)
				t.Cleanup(func() { _ = end.Close() })
				return end
			},
			Break: each((*relay.Memory).Sever), Mend: each((*relay.Memory).Mend),
			Within: time.Second,
		}
	})
}
