package room

import (
	"errors"
	"reflect"
	"testing"
	"time"
)

// TestEventsTravelBetweenNodes packs one of each event and reads it again.
func TestEventsTravelBetweenNodes(t *testing.T) {
	events := everyEvent()
	b, err := Pack(events)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Unpack(b)
	if err != nil || !reflect.DeepEqual(events, back) {
		t.Fatalf("%v\n got %+v\nwant %+v", err, back, events)
	}
	if _, err := Unpack([]byte(`[{"k":"tomorrow","e":{}}]`)); !errors.Is(err, ErrUnknownEvent) {
		t.Errorf("a kind of a newer hearth: %v", err)
	}
	for _, bad := range []string{"", "{}", `[{"k":"said","e":[]}]`} {
		if _, err := Unpack([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestWordsNumberedElsewhere: nodes number their own words from places of their
// own; words are known, and taken back, by any number (T6).
func TestWordsNumberedElsewhere(t *testing.T) {
	w := meeting(t, Main, "ana", "bob")
	w.must("lea", Process{Text: "one"})
	w.s.Apply(w.now, Said{Words: Words{ID: "w3000001", Kind: SayProcess, Seat: "lea", Text: "two", At: millis(w.now)}})
	if !w.s.Knows("w1") || !w.s.Knows("w3000001") || w.s.Knows("w2") {
		t.Errorf("words are %+v", w.s.Live.Words)
	}
	if w.s.TakenBack("w3000001") || w.s.TakenBack("w2") {
		t.Error("words seem taken back")
	}
	w.must("lea", TakeBack{Words: "w3000001"})
	if !w.s.TakenBack("w3000001") || w.s.TakenBack("w1") {
		t.Error("words with a number from elsewhere cannot be taken back")
	}
}

// TestSparing: a node that cannot reach another gives up nobody's seat and misses
// no facilitator; everything else that is due happens, and the room's own state
// stays as it is.
func TestSparing(t *testing.T) {
	w := meeting(t, Main, "ana", "bob")
	w.must(House, Lost{Seat: "ana"}, Lost{Seat: "lea"}, Lost{Seat: "sam"})
	w.now = w.now.Add(time.Hour)
	before := printed(t, w.s)
	events, no := w.s.Sparing(w.now).Decide(w.now, House, Tick{})
	if no != nil {
		t.Fatal(no.Code)
	}
	for _, e := range events {
		switch e.(type) {
		case SeatLeft, HeldBegan, SessionClosed:
			t.Errorf("%s comes of a tick on one side of a gap", Kind(e))
		}
	}
	if got := printed(t, w.s); got != before {
		t.Errorf("the room has changed\nwas %s\nnow %s", before, got)
	}
	w.must(House, Tick{})
	if w.s.Status("ana") != Left {
		t.Error("without a gap, a seat that was lost for an hour is kept")
	}
}

// TestPresumedKeepsEverybody: a node that reads a room from the journal while
// another looks after it takes nobody for lost.
func TestPresumedKeepsEverybody(t *testing.T) {
	w := meeting(t, Main, "ana", "bob")
	live, err := w.s.PackLive()
	if err != nil {
		t.Fatal(err)
	}
	w.must(House, Restarted{})
	w.must(House, Presume{})
	for _, id := range w.s.Form.Arrived {
		if !w.s.Live.Seats[id].Online {
			t.Errorf("%s is taken for lost", id)
		}
	}
	if err := w.s.Adopt(live); err != nil {
		t.Fatal(err)
	}
	again, err := w.s.PackLive()
	if err != nil || string(again) != string(live) {
		t.Errorf("%v\n got %s\nwant %s", err, again, live)
	}
	if err := w.s.Adopt([]byte("[]")); err == nil {
		t.Error("facts that are none were taken on")
	}
}
