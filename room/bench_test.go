package room

import (
	"strings"
	"testing"
	"time"
)

// speaking is a room of twelve in which p1 has the floor.
func speaking(b *testing.B) *world {
	w := meeting(b, Main, "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "q1")
	w.must("lea", Begin{Format: HandQueue})
	w.must("p1", Hand{Up: true}, Take{})
	return w
}

// BenchmarkShare is the hot path: deciding, applying and showing one share in a
// turn, before anything is encoded. -benchmem says what it allocates.
func BenchmarkShare(b *testing.B) {
	w := speaking(b)
	var c Command = Share{Text: strings.Repeat("word ", 24)}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		onward(b, w, "p1", c)
	}
}

// BenchmarkShareCast is the casting alone: what a share costs beyond its words.
func BenchmarkShareCast(b *testing.B) {
	w := speaking(b)
	events, _ := w.s.Decide(w.now, "p1", Share{Text: "word"})
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if casts := w.c.Cast(w.s, events); len(casts) != 1 {
			b.Fatalf("%d casts", len(casts))
		}
	}
}

// BenchmarkOpenShare is a share on the open floor, which also moves the
// person's own pace on.
func BenchmarkOpenShare(b *testing.B) {
	w := speaking(b)
	w.must("p1", Yield{})
	w.must("lea", Begin{Format: OpenFloor})
	var c Command = Share{Text: strings.Repeat("word ", 24)}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		w.now = w.now.Add(time.Minute)
		onward(b, w, []SeatID{"p1", "p2"}[i%2], c)
	}
}

// BenchmarkHand is a small durable command: raise, lower, raise.
func BenchmarkHand(b *testing.B) {
	w := speaking(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		onward(b, w, "p2", Hand{Up: i%2 == 0})
	}
}

// BenchmarkTurn is a turn from hand to yield: four commands.
func BenchmarkTurn(b *testing.B) {
	w := speaking(b)
	w.must("p1", Yield{})
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		onward(b, w, "p2", Hand{Up: true})
		onward(b, w, "p2", Take{})
		onward(b, w, "p2", Yield{})
	}
}

// BenchmarkReconnect is a connection lost and back.
func BenchmarkReconnect(b *testing.B) {
	w := speaking(b)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		onward(b, w, House, Lost{Seat: "p2"})
		onward(b, w, House, Connected{Seat: "p2"})
	}
}

// BenchmarkJoin is one person's way in: five commands, and leaving again.
func BenchmarkJoin(b *testing.B) {
	w := speaking(b)
	w.must("p1", Yield{})
	w.must("lea", EndFormat{})
	w.arrive("x")
	knock := w.knock("x")
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		onward(b, w, House, Connected{Seat: "x"})
		onward(b, w, "x", knock)
		onward(b, w, "sam", Greet{Seat: "x"})
		onward(b, w, "sam", Admit{Seat: "x"})
		onward(b, w, "x", Leave{})
	}
}

// BenchmarkDue is what the hub's timer asks after every command.
func BenchmarkDue(b *testing.B) {
	w := speaking(b)
	b.ReportAllocs()
	for range b.N {
		w.s.Due()
	}
}

func onward(b *testing.B, w *world, by SeatID, c Command) {
	events, no := w.s.Decide(w.now, by, c)
	if no != nil {
		b.Fatalf("%s %T: %s", by, c, no.Code)
	}
	for _, e := range events {
		w.s.Apply(w.now, e)
	}
	w.c.Cast(w.s, events)
}
