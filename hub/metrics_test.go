package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hearth/hub"
	"hearth/room"
)

// counted is every number of every collector, but how long things took.
func counted(t *testing.T, m *hub.Metrics) string {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.Collectors()...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range families {
		for _, one := range f.GetMetric() {
			fmt.Fprintln(&all, f.GetName(), one.GetLabel(), one.GetCounter().GetValue(), one.GetGauge().GetValue(), one.GetHistogram().GetSampleCount())
		}
	}
	return all.String()
}

// S12: whoever reads the metrics every second sees the same of a turn that is
// passed, of one in which somebody says a lot, of one that its time ends, and of
// one that nobody takes.
func TestNoMetricTellsAPassFromAShare(t *testing.T) {
	turns := map[string]func(h *house, ben *person){
		"passed": func(h *house, ben *person) { ben.ok("pass") },
		"shared": func(h *house, ben *person) {
			ben.ok("take")
			for range 4 {
				ben.ok("share", `"text":"a lot"`)
			}
			ben.no("words-empty", "share", `"text":""`)
			ben.ok("yield")
		},
		"shared too fast": func(h *house, ben *person) {
			ben.ok("take")
			for range 7 {
				ben.do("share", `"text":"a lot"`)
			}
			h.pass(5 * time.Second)
			ben.ok("yield")
		},
		"later words": func(h *house, ben *person) {
			ben.ok("take")
			h.pass(30 * time.Second)
			ben.ok("share", `"text":"one thing"`)
			ben.ok("still")
			ben.ok("yield")
		},
	}
	want := ""
	for _, name := range []string{"passed", "shared", "shared too fast", "later words"} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				h.stop()
				h.metrics = hub.NewMetrics()
				h.limits.Words = hub.Limits{}.Words
				h.start(t)
				in := h.gather("ben", "cat")
				in["lea"].ok("phase", `"to":"opening"`)
				in["lea"].ok("phase", `"to":"check-in"`)
				in["lea"].ok("phase", `"to":"main"`)
				in["lea"].ok("begin", `"format":"go-round"`)
				for _, first := range []room.SeatID{"lea", "wim"} {
					in[first].ok("pass")
					h.pass(10 * time.Second)
				}
				turns[name](h, in["ben"])
				synctest.Wait()
				got := counted(t, h.metrics)
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("a turn that was %s:\n%s\nand one that was passed:\n%s", name, got, want)
				}
			})
		})
	}
}
