package journal

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"hearth/charter"
	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

// fullHouse is a data folder with something in every table: sessions that are
// to come, live, and over.
func fullHouse(t *testing.T) *SQLite {
	t.Helper()
	s, ctx := open(t, t.TempDir()), t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	begin(t, s, "live")
	begin(t, s, "Live too")
	begin(t, s, "over")
	must(s.KeepHelplines(ctx, "", "digest", `[{"region":"GB","name":"Grüße"}]`))
	must(s.CreateGroup(ctx, group.Group{ID: "h", Name: "Grüße 'and' \"quotes\"", Created: time.UnixMilli(5).UTC()}, charter.Starter(charter.Mixed)))
	_, err := s.Adopt(ctx, "h", charter.Starter(charter.Carers), time.UnixMilli(7))
	must(err)
	must(s.CreateSession(ctx, group.Session{ID: "to come", Group: "h", Start: time.UnixMilli(9).UTC()}, nil, nil))
	for i := range 3 {
		seat := group.Seat{ID: room.SeatID(fmt.Sprint("seat", i)), Session: "live", Role: room.Participant, Open: i == 1}
		must(s.AddSeat(ctx, seat, [32]byte{byte(i + 1)}))
		must(s.AddLink(ctx, group.Link{ID: fmt.Sprint("l", i), Kind: group.PersonalLink, Session: "live", Seat: seat.ID, Hash: [32]byte{byte(i)}, MaxUses: 1}, nil))
	}
	must(s.SetOrganiser(ctx, group.Link{ID: "o", Hash: [32]byte{99}}))
	must(s.BindOrganiser(ctx, [32]byte{8}, time.Now()))
	for n := range int64(700) { // more than a page
		for _, session := range []string{"live", "Live too"} {
			_, err := s.Append(ctx, session, n, kept.CommandKey{Seat: "seat1", ID: fmt.Sprint(n)}, [][]byte{fmt.Append(nil, n)})
			must(err)
		}
	}
	must(s.Finish(ctx, "over", []byte{}, time.UnixMilli(11)))
	return s
}

// told is everything a store tells of a house.
func told(t *testing.T, s aStore) map[string]any {
	t.Helper()
	ctx, all := t.Context(), map[string]any{}
	put := func(what string) func(any, error) {
		return func(v any, err error) {
			t.Helper()
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			all[what] = v
		}
	}
	tell := func(what string, v any, err error) { t.Helper(); put(what)(v, err) }
	groups, err := s.Groups(ctx)
	tell("groups", groups, err)
	for _, g := range groups {
		v, err := s.Versions(ctx, g.ID)
		tell("versions of "+g.ID, v, err)
		sessions, err := s.Sessions(ctx, g.ID)
		tell("sessions of "+g.ID, sessions, err)
		for _, one := range sessions {
			seats, err := s.Seats(ctx, one.ID)
			tell("seats of "+one.ID, seats, err)
			links, err := s.Links(ctx, one.ID)
			tell("links of "+one.ID, links, err)
			var log []string
			err = s.Tail(ctx, one.ID, 0, func(seq int64, k kept.CommandKey, row []byte) error {
				log = append(log, fmt.Sprint(seq, k, string(row)))
				return nil
			})
			tell("log of "+one.ID, log, err)
		}
	}
	draft, err := s.Draft(ctx, "h")
	tell("draft", draft, err)
	organiser, err := s.Organiser(ctx)
	tell("organiser", organiser, err)
	is, err := s.IsOrganiser(ctx, [32]byte{8}, time.Now())
	tell("device of the organiser", is, err)
	seat, err := s.Holds(ctx, [32]byte{2}, "seat1")
	tell("a device's seat", seat, err)
	record, err := s.Record(ctx, "over")
	tell("record", string(record), err)
	return all
}

func TestMove(t *testing.T) {
	from := fullHouse(t)
	to, another := node(t)
	short, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Move(short, from, to); err == nil {
		t.Fatal("a move that was cut short says that it is done")
	}
	for again := range 2 {
		tables, done, err := Move(t.Context(), from, to)
		if err != nil || done != (again == 1) {
			t.Fatalf("move: done before %v, %v", done, err)
		}
		rows := map[string]int{}
		for _, table := range tables {
			rows[table.Table] = table.Rows
		}
		want := map[string]int{"groups": 2, "helplines": 1, "versions": 1, "sessions": 4, "seats": 3, "links": 4, "bindings": 3, "organisers": 1, "session_keys": 4, "events": 1400}
		if !reflect.DeepEqual(rows, want) {
			t.Errorf("moved %v, want %v", rows, want)
		}
	}
	before, after := told(t, from), told(t, another())
	for what := range before {
		if !reflect.DeepEqual(before[what], after[what]) {
			t.Errorf("%s:\nbefore %v\nafter  %v", what, before[what], after[what])
		}
	}
	// Life goes on: numbers of tables and of the log continue.
	if _, err := to.Append(t.Context(), "live", 700, kept.CommandKey{Seat: "seat1", ID: "new"}, [][]byte{{1}}); err != nil {
		t.Error(err)
	}
	if seq, err := to.Append(t.Context(), "live", 701, kept.CommandKey{Seat: "seat1", ID: "699"}, [][]byte{{1}}); err != kept.ErrDuplicate || seq != 700 {
		t.Errorf("a command from before the move again: %d %v", seq, err)
	}
	begin(t, to, "new")
	if _, _, err := Move(t.Context(), from, to); err == nil || !strings.Contains(err.Error(), "another house") {
		t.Errorf("a move over a house that went on: %v", err)
	}
}
