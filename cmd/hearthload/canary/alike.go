package canary

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/drive"
)

// trace is what one session left behind.
type trace struct {
	what   string
	rows   [][]byte // of its journal, before the close, with ids and names made alike
	record map[string]string
}

// Alike plays sessions that differ in one thing only, whether a person passes
// or shares, and compares what they leave (practice A02). Each is played twice:
// what differs between two of the same kind is chance and says nothing.
func Alike(ctx context.Context, o Options) error {
	data := filepath.Join(o.Dir, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("make a data folder: %w", err)
	}
	srv, err := drive.HearthSpec(o.Program, data, true).Start(ctx)
	if err != nil {
		return err
	}
	defer func() { srv.Kill() }() // the one that runs by then
	house := drive.NewHouse(srv.URL)
	token, err := srv.OrganiserToken(ctx)
	if err != nil {
		return err
	}
	group, err := house.Organise(ctx, token, "Same group")
	if err != nil {
		return err
	}
	var played []*drive.Room
	kinds := []string{"share", "share", "pass", "pass", "moment", "moment"}
	for _, kind := range kinds {
		room, err := play(ctx, house, group, kind)
		if err != nil {
			return fmt.Errorf("a session with a %s: %w", kind, err)
		}
		defer room.Close()
		played = append(played, room)
	}
	journals, err := liveJournals(ctx, &srv, played)
	if err != nil {
		return err
	}
	traces := make([]trace, len(kinds))
	for i, room := range played {
		traces[i] = trace{what: kinds[i], rows: journals[i]}
		rec, err := end(ctx, house, room)
		if err != nil {
			return err
		}
		if traces[i].record, err = flat(rec); err != nil {
			return err
		}
	}
	return compare(traces)
}

// play has one participant take a turn, or not.
func play(ctx context.Context, house *drive.House, group, kind string) (*drive.Room, error) {
	links, err := house.Schedule(ctx, group, "Tuesday group", 2)
	if err != nil {
		return nil, err
	}
	room, err := house.Fill(ctx, links, drive.Plan{Participants: 2, Format: "queue"})
	if err != nil {
		return room, err
	}
	m := room.People[0]
	errs := []error{m.Must(ctx, "hand", map[string]bool{"up": true})}
	switch kind {
	case "pass":
		errs = append(errs, m.Must(ctx, "pass", nil))
	case "moment":
		errs = append(errs, m.Must(ctx, "moment", nil), m.Must(ctx, "yield", nil))
	default:
		errs = append(errs, m.Must(ctx, "take", nil), m.Must(ctx, "share", map[string]string{"text": "something"}),
			m.Must(ctx, "share", map[string]string{"text": "and something more"}), m.Must(ctx, "yield", nil))
	}
	return room, errors.Join(errs...)
}

// liveJournals kills the server to read its journals, and starts it again.
func liveJournals(ctx context.Context, srv **drive.Server, rooms []*drive.Room) ([][][]byte, error) {
	(*srv).Kill()
	var ids []string
	for _, r := range rooms {
		ids = append(ids, r.Session)
	}
	rows, err := crash.ReadRows(ctx, (*srv).Dir, ids)
	if err != nil {
		return nil, err
	}
	var all [][][]byte
	for _, r := range rooms {
		var alike [][]byte
		for _, row := range rows[r.Session] {
			row = bytes.ReplaceAll(row, []byte(r.Session), []byte("session"))
			for i, m := range r.All() {
				row = bytes.ReplaceAll(row, []byte(m.Seat), []byte(fmt.Sprintf("seat%d", i)))
			}
			alike = append(alike, row)
		}
		timeless(alike)
		all = append(all, alike)
	}
	*srv, err = (*srv).Again(ctx)
	return all, err
}

var moments = regexp.MustCompile(`"(at|start)":("[^"]*"|[0-9]+)`)

// timeless takes the times out of what came before the first turn: when the
// session was opened, when people entered, when the phase began. Whatever comes
// after is compared with its times, for there may be none: the length of a turn
// would tell a pass from a share.
func timeless(rows [][]byte) {
	for i, row := range rows {
		rows[i] = moments.ReplaceAll(row, []byte(`"$1":0`))
		if bytes.Contains(row, []byte(`"phase-moved"`)) {
			return
		}
	}
}

func end(ctx context.Context, house *drive.House, room *drive.Room) ([]byte, error) {
	if err := finish(ctx, house, room); err != nil {
		return nil, err
	}
	return record(ctx, house, room.Session)
}

// flat turns a record into paths and values.
func flat(b []byte) (map[string]string, error) {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	out := map[string]string{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(path+"."+k, x)
			}
		case []any:
			out[path+".length"] = fmt.Sprint(len(v))
			for i, x := range v {
				walk(fmt.Sprintf("%s.%d", path, i), x)
			}
		default:
			out[path] = fmt.Sprint(v)
		}
	}
	walk("", v)
	return out, nil
}

// mostChance is how many values of a record may differ between two sessions
// that were alike: its title or number.
const mostChance = 2

// compare wants every kind of session to have left the same.
func compare(traces []trace) error {
	chance := map[string]bool{}
	var errs []error
	for i := 0; i+1 < len(traces); i += 2 {
		for _, p := range differ(traces[i].record, traces[i+1].record) {
			chance[p] = true
		}
	}
	if len(chance) > mostChance {
		errs = append(errs, fmt.Errorf("records of the same kind differ at %v: so much chance hides what is looked for", slices.Sorted(maps.Keys(chance))))
	}
	first := traces[0]
	if len(first.rows) < 8 || len(first.record) < 5 {
		return fmt.Errorf("a session left %d rows and a record of %d values: nothing was proved", len(first.rows), len(first.record))
	}
	for _, t := range traces[1:] {
		for _, p := range differ(first.record, t.record) {
			if !chance[p] {
				errs = append(errs, fmt.Errorf("the records of a %s and a %s differ at %s: %q, %q", first.what, t.what, p, first.record[p], t.record[p]))
			}
		}
		if len(t.rows) != len(first.rows) {
			errs = append(errs, fmt.Errorf("the journal of a %s has %d rows, of a %s %d", first.what, len(first.rows), t.what, len(t.rows)))
			continue
		}
		for i := range t.rows {
			if !bytes.Equal(first.rows[i], t.rows[i]) {
				errs = append(errs, fmt.Errorf("row %d of a %s is %q, of a %s %q", i+1, first.what, first.rows[i], t.what, t.rows[i]))
			}
		}
	}
	return errors.Join(errs...)
}

func differ(a, b map[string]string) []string {
	paths := map[string]bool{}
	for p, v := range a {
		if b[p] != v {
			paths[p] = true
		}
	}
	for p := range b {
		if _, ok := a[p]; !ok {
			paths[p] = true
		}
	}
	return slices.Sorted(maps.Keys(paths))
}
