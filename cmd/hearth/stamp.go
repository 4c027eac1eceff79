package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// backupLate is how old the last backup may be: a day and time to make one.
const backupLate = 26 * time.Hour

// stamp is the file whose time says when the last backup was whole; hearth
// backup touches it, and a script of one's own may.
func (c config) stamp() string { return filepath.Join(c.data, "last-backup") }

// sinceBackup is how old the last backup is; false when nothing tells.
func (c config) sinceBackup() (time.Duration, bool) {
	info, err := os.Stat(c.stamp())
	if err != nil {
		return 0, false
	}
	return max(0, time.Since(info.ModTime())), true
}

// backups says how old the last backup is.
func (p *patient) backups(context.Context) []finding {
	const what = "backup"
	age, known := p.sinceBackup()
	switch {
	case !known:
		return []finding{found(look, what, "nothing here tells when the last one was made. hearth backup makes one and sets the time of %s; so may a script of yours (touch).", p.stamp())}
	case age > backupLate:
		return []finding{found(bad, what, "the last one is %s old. See why there was none since, and try restoring it somewhere.", counted(int(age.Hours()), "hour", "hours"))}
	default:
		return []finding{found(fine, what, "the last one is %s old.", counted(int(age.Hours()), "hour", "hours"))}
	}
}

// backupAge tells how old the last backup is while something tells it.
type backupAge struct {
	config
	about *prometheus.Desc
}

func newBackupAge(c config) backupAge {
	return backupAge{c, prometheus.NewDesc("hearth_backup_age_seconds", "Since the last backup; missing when nothing tells.", nil, nil)}
}

// Describe says what Collect gives.
func (b backupAge) Describe(to chan<- *prometheus.Desc) { to <- b.about }

// Collect looks at the stamp.
func (b backupAge) Collect(to chan<- prometheus.Metric) {
	if age, known := b.sinceBackup(); known {
		to <- prometheus.MustNewConstMetric(b.about, prometheus.GaugeValue, age.Seconds())
	}
}
