package room

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// pieceFormat exists in tests only. It shows what a new format takes: one file,
// and its line in the table. A talking piece goes round once, against the
// circle: whoever has it may speak or hand it on, and nobody is asked again.
type pieceFormat struct{ common }

var piece = &pieceFormat{common{FormatTraits{Name: "piece", Host: true, Minutes: &Span{Least: 2, Most: 30}}}}

// Where a new format stands in the table.
func init() { formats = append(formats, piece) }

func (*pieceFormat) begin(d *decision, c Begin) {
	order := d.s.roundOrder()
	slices.Reverse(order)
	d.emit(FormatBegan{Format: c.Format, Order: order})
}

func (*pieceFormat) began(s *State, e FormatBegan) { s.Form.Round = newRound(e.Order) }

func (*pieceFormat) step(s *State) step {
	for _, x := range s.Form.Round.Seats {
		if !x.Done && s.offerable(x.Seat) {
			return step{offer: x.Seat}
		}
	}
	return step{over: true}
}

func (*pieceFormat) closed(s *State, e TurnClosed, _ bool) {
	if !e.Kept {
		s.Form.Round.done(e.Seat, true)
	}
}

func (*pieceFormat) up(s *State) []SeatID {
	up := []SeatID{}
	for _, x := range s.Form.Round.Seats {
		if !x.Done && s.here(x.Seat) {
			up = append(up, x.Seat)
		}
	}
	return up
}

// TestTables keeps testdata/tables.json current: what every hello tells of the
// room, with which the browser client is tested.
func TestTables(t *testing.T) {
	const file = "testdata/tables.json"
	real := slices.DeleteFunc(Formats(), func(f FormatTraits) bool { return f.Name == piece.of.Name })
	got, err := json.MarshalIndent(map[string]any{"formats": real, "roles": Roles(), "streams": Streams()}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not current (%v): run with -update", file, err)
	}
}

// TestFormatNames: a name stands for one format, and a plan may name any of
// them, or none.
func TestFormatNames(t *testing.T) {
	seen := map[Format]bool{NoFormat: true}
	for _, f := range FormatNames() {
		if seen[f] || !f.Plannable() {
			t.Errorf("format %q: seen %v, plannable %v", f, seen[f], f.Plannable())
		}
		seen[f] = true
	}
	if !NoFormat.Plannable() || Format("shouting").Plannable() {
		t.Error("no format cannot be planned, or one that does not exist can")
	}
}
