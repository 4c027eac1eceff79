package room

import (
	"errors"
	"reflect"
	"testing"
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
	for kind := range effects {
		if _, ok := travelling[kind]; !ok {
			t.Errorf("%s does not travel", kind)
		}
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

// TestApartNodesNumberWordsApart: words said on nodes that cannot reach each
// other never have one id (T6: taking back must find the right ones).
func TestApartNodesNumberWordsApart(t *testing.T) {
	w := meeting(t, Main, "ana", "bob")
	w.must("lea", Process{Text: "one"})
	w.must(House, Part{From: 3_000_000})
	w.must("lea", Process{Text: "two"})
	if !w.s.Knows("w1") || !w.s.Knows("w3000001") || w.s.Knows("w2") {
		t.Errorf("words are %+v", w.s.Live.Words)
	}
	w.must("lea", TakeBack{Words: "w3000001"})
	if word, _ := w.s.word("w3000001"); !word.Gone {
		t.Error("words with a number from elsewhere cannot be taken back")
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
