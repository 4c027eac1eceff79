package room

import (
	"bytes"
	"testing"
	"time"
)

// FuzzDecodeEvent feeds the journal reader. Whatever it reads can be written
// again as the same bytes, and applying it does not panic, in whatever room.
func FuzzDecodeEvent(f *testing.F) {
	for _, e := range everyEvent() {
		if b, err := EncodeEvent(e); err == nil {
			f.Add(b)
		}
	}
	f.Add([]byte(`{"k":"format-began","format":"go-round","order":["a","a",""]}`))
	f.Fuzz(func(t *testing.T, row []byte) {
		e, err := DecodeEvent(row)
		if err != nil {
			return
		}
		once, err := EncodeEvent(e)
		if err != nil {
			t.Skip("a time outside what JSON can hold")
		}
		again, err := DecodeEvent(once)
		if err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if twice, err := EncodeEvent(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s, then %s (%v)", once, twice, err)
		}
		for _, format := range []Format{GoRound, HandQueue, OpenFloor} {
			w := meeting(t, Main, "a", "b")
			w.must("lea", Begin{Format: format})
			w.s.Apply(w.now, e)
			w.c.Cast(w.s, []Event{e})
			w.s.Due()
			w.s.DueKey()
			if _, no := w.s.Decide(w.now.Add(time.Second), House, Connected{Seat: "a"}); no != nil && w.s.Status("a") != "" {
				t.Fatalf("%s", no.Code)
			}
		}
	})
}
