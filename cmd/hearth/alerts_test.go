package main

import (
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"

	"hearth/hub"
	"hearth/hub/relay"
	"hearth/hub/web"
)

// register notes the names of what is registered with it.
type register struct {
	prometheus.Registerer
	names map[string]bool
}

func (r register) MustRegister(all ...prometheus.Collector) {
	name := regexp.MustCompile(`fqName: "([^"]+)"`)
	for _, c := range all {
		to := make(chan *prometheus.Desc, 10)
		c.Describe(to)
		close(to)
		for d := range to {
			r.names[name.FindStringSubmatch(d.String())[1]] = true
		}
	}
}

// metricNames are all metrics of a node among others.
func metricNames(t *testing.T) map[string]bool {
	t.Helper()
	r := register{names: map[string]bool{}}
	r.MustRegister(hub.NewMetrics().Collectors()...)
	web.NewMetrics(r)
	r.MustRegister((&watch{}).collectors()...)
	r.MustRegister((&wires{relay: relay.NewMemory()}).collectors()...)
	r.MustRegister(newBackupAge(config{}), newCertificateEnd(&url.URL{}), buildInfo())
	if len(r.names) < 20 {
		t.Fatalf("only %d metrics", len(r.names))
	}
	return r.names
}

var aMetric = regexp.MustCompile(`\bhearth_[a-z_]+`)

// TestAlerts: every alert of walls §5 is there, and none asks for a metric that
// does not exist, which would never fire.
func TestAlerts(t *testing.T) {
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	dec := yaml.NewDecoder(strings.NewReader(sample(t, "alerts.yaml")))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		t.Fatal(err)
	}
	names := metricNames(t)
	var all []string
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			used := aMetric.FindAllString(r.Expr, -1)
			if len(used) == 0 || r.Alert == "" || r.Annotations["summary"] == "" || r.Annotations["do"] == "" || !slices.Contains([]string{"page", "warn"}, r.Labels["severity"]) {
				t.Errorf("the alert %+v is not whole", r)
			}
			for _, name := range append(used, aMetric.FindAllString(r.Annotations["do"], -1)...) {
				if !names[name] && !names[strings.TrimSuffix(name, "_bucket")] {
					t.Errorf("%s asks for %s, which does not exist", r.Alert, name)
				}
			}
			all = append(all, strings.Join(strings.Fields(r.Expr), " "))
		}
	}
	for _, want := range []string{
		"hearth_seq_gaps_total > 0", "hearth_fenced_writes_total", "> 0.05", "hearth_backup_age_seconds > 26 * 3600", "hearth_disk_free_ratio < 0.1",
		"hearth_certificate_end_seconds - time() < 14 * 24 * 3600", "hearth_redis_up == 0", "hearth_sql_up == 0",
	} {
		if !slices.ContainsFunc(all, func(expr string) bool { return strings.Contains(expr, want) }) {
			t.Errorf("no alert says %s", want)
		}
	}
}

// TestOperatingNamesRealMetrics: the page for operators does not send anybody
// looking for a metric that is not there.
func TestOperatingNamesRealMetrics(t *testing.T) {
	page, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	names := metricNames(t)
	for _, name := range aMetric.FindAllString(string(page), -1) {
		if !names[name] {
			t.Errorf("docs/operating.md speaks of %s", name)
		}
	}
}
