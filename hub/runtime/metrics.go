package runtime

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the collectors of rooms and sockets (walls §5). Every label comes from a fixed
// set; none names a group, a session or a seat. What is passing is not counted
// when all is well, nor what fans it out, nor how long it takes: a turn that was
// passed and one that was shared leave the same numbers, as they leave the same
// journal (A02, S12). The caller registers them.
type Metrics struct {
	Connections   *prometheus.GaugeVec   // hearth_connections{state}: hello, live
	Rooms         *prometheus.GaugeVec   // hearth_rooms{state}: live, closing
	Commands      Commands               // hearth_commands_total{result}
	CommandTime   prometheus.Histogram   // hearth_command_seconds
	Commit        prometheus.Histogram   // hearth_commit_seconds
	Fanout        prometheus.Histogram   // hearth_fanout_seconds
	Drops         *prometheus.CounterVec // hearth_outbound_drops_total{reason}
	Disconnects   *prometheus.CounterVec // hearth_disconnects_total{code}
	Resumes       *prometheus.CounterVec // hearth_resumes_total{result}
	SeqGaps       prometheus.Counter     // hearth_seq_gaps_total, stays 0
	Conflicts     prometheus.Counter     // hearth_fenced_writes_total: another node was first
	Drifts        prometheus.Counter     // hearth_frame_drifts_total
	Apart         prometheus.Gauge       // hearth_rooms_apart
	NodesUp       prometheus.Gauge       // hearth_nodes_up
	EpochChanges  *prometheus.CounterVec // hearth_epoch_changes_total{cause}
	Joins         *prometheus.CounterVec // hearth_joins_total{result}
	RateLimited   *prometheus.CounterVec // hearth_rate_limited_total{scope}
	Panics        prometheus.Counter     // hearth_room_panics_total
	FinishRetries prometheus.Counter     // hearth_finish_retries_total
	DrainTime     prometheus.Gauge       // hearth_drain_seconds
}

const (
	resultOK        = iota // left rows in the journal
	resultDuplicate        // and had been done before
	resultUnavailable
	resultLimited
	results
)

var resultNames = [results]string{"ok", "duplicate", "unavailable", "limited"}

// Commands counts commands by how they ended; each count is looked up once.
type Commands struct {
	*prometheus.CounterVec
	by [results]prometheus.Counter
}

// NewMetrics makes the collectors; [Metrics.Collectors] lists them for a registry.
func NewMetrics() *Metrics {
	opts := func(name, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "hearth", Name: name, Help: help}
	}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts(opts(name, help)), labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts(opts(name, help)), labels)
	}
	seconds := func(name, help string) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Namespace: "hearth", Name: name, Help: help,
			Buckets: []float64{.0001, .0005, .001, .0025, .005, .01, .025, .05, .1, .5, 2}}
	}
	m := &Metrics{
		Connections:   gauge("connections", "Open sockets.", "state"),
		Rooms:         gauge("rooms", "Rooms in memory.", "state"),
		Commands:      Commands{CounterVec: counter("commands_total", "Commands that left rows in a journal, and those that could not be run.", "result")},
		CommandTime:   prometheus.NewHistogram(seconds("command_seconds", "From the start of a command that leaves rows to its frames being queued.")),
		Commit:        prometheus.NewHistogram(seconds("commit_seconds", "Waiting for the journal.")),
		Fanout:        prometheus.NewHistogram(seconds("fanout_seconds", "Handing one flush that follows rows to a room's connections.")),
		Drops:         counter("outbound_drops_total", "Connections dropped because too much was waiting.", "reason"),
		Disconnects:   counter("disconnects_total", "Ended connections by close code.", "code"),
		Resumes:       counter("resumes_total", "Attempts to resume.", "result"),
		SeqGaps:       prometheus.NewCounter(prometheus.CounterOpts(opts("seq_gaps_total", "Gaps in a journal; must stay 0."))),
		Conflicts:     prometheus.NewCounter(prometheus.CounterOpts(opts("fenced_writes_total", "Rows that another node was faster with; the command was decided again."))),
		Drifts:        prometheus.NewCounter(prometheus.CounterOpts(opts("frame_drifts_total", "Batches of another node whose frames were numbered differently."))),
		Apart:         prometheus.NewGauge(prometheus.GaugeOpts(opts("rooms_apart", "Rooms whose people on other nodes cannot be reached."))),
		NodesUp:       prometheus.NewGauge(prometheus.GaugeOpts(opts("nodes_up", "Nodes that are up, this one included."))),
		EpochChanges:  counter("epoch_changes_total", "Rooms that began a new epoch.", "cause"),
		Joins:         counter("joins_total", "Sockets that said hello.", "result"),
		RateLimited:   counter("rate_limited_total", "Commands over a limit.", "scope"),
		Panics:        prometheus.NewCounter(prometheus.CounterOpts(opts("room_panics_total", "Panics caught at a room."))),
		FinishRetries: prometheus.NewCounter(prometheus.CounterOpts(opts("finish_retries_total", "Closed sessions whose erasing had to be tried again."))),
		DrainTime:     prometheus.NewGauge(prometheus.GaugeOpts(opts("drain_seconds", "How long the last drain took."))),
	}
	for r, result := range resultNames {
		m.Commands.by[r] = m.Commands.WithLabelValues(result)
	}
	return m
}

// Collectors lists everything for a registry.
func (m *Metrics) Collectors() []prometheus.Collector {
	return []prometheus.Collector{m.Connections, m.Rooms, m.Commands.CounterVec, m.CommandTime, m.Commit, m.Fanout, m.Drops, m.Disconnects,
		m.Resumes, m.SeqGaps, m.Conflicts, m.Drifts, m.Apart, m.NodesUp, m.EpochChanges, m.Joins, m.RateLimited, m.Panics, m.FinishRetries, m.DrainTime}
}

// known are the codes a connection may end with; a peer's own inventions are
// counted together, so that nobody can make series.
var known = map[int]bool{1000: true, 1001: true, 1002: true, 1003: true, 1006: true, 1007: true, 1008: true, 1009: true, 1012: true,
	4000: true, 4008: true, 4009: true, 4400: true, 4401: true, 4403: true, 4404: true, 4410: true}

func (m *Metrics) ended(code int) {
	label := "other"
	if known[code] {
		label = strconv.Itoa(code)
	}
	m.Disconnects.WithLabelValues(label).Inc()
	if code == closeSlow {
		m.Drops.WithLabelValues("slow").Inc()
	}
}
