package runtime

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// Few series, whatever happens, and no name of anybody or of a verb in a label
// (walls §5, A02).
func TestMetricsAreFewAndSayNothingOfAnybody(t *testing.T) {
	m := NewMetrics()
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.Collectors()...)
	for code := range 5000 {
		m.ended(code)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	series := 0
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "hearth_") {
			t.Errorf("%s does not say whose it is", f.GetName())
		}
		for _, one := range f.GetMetric() {
			series++
			if h := one.GetHistogram(); h != nil {
				series += len(h.GetBucket()) + 1
			}
			for _, l := range one.GetLabel() {
				switch l.GetName() {
				case "state", "result", "reason", "code", "cause", "scope":
				default:
					t.Errorf("%s has a label %s", f.GetName(), l.GetName())
				}
				for _, verb := range []string{"pass", "share", "later", "take"} {
					if l.GetValue() == verb {
						t.Errorf("%s tells a %s", f.GetName(), verb)
					}
				}
			}
		}
	}
	if series > 200 {
		t.Errorf("%d series", series)
	}
}
