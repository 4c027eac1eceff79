package journal

import (
	"fmt"
	"sync"
	"testing"

	"hearth/hub/journal/kept"
)

// BenchmarkAppend appends 200-byte rows with 1, 50 and 500 waiters, one session
// each, every append acknowledged after its fsync.
func BenchmarkAppend(b *testing.B) {
	appendWith(b, func(b *testing.B) aStore { return open(b, b.TempDir()) })
}

// BenchmarkAppendPostgres is BenchmarkAppend on a PostgreSQL of this machine.
func BenchmarkAppendPostgres(b *testing.B) {
	appendWith(b, func(b *testing.B) aStore { p, _ := node(b); return p })
}

func appendWith(b *testing.B, fresh func(b *testing.B) aStore) {
	for _, waiters := range []int{1, 50, 500} {
		b.Run(fmt.Sprintf("waiters=%d", waiters), func(b *testing.B) {
			s := fresh(b)
			for i := range waiters {
				begin(b, s, fmt.Sprint(i))
				if _, err := s.sealOf(b.Context(), fmt.Sprint(i)); err != nil { // else the disk is measured making keys
					b.Fatal(err)
				}
			}
			row := [][]byte{make([]byte, 200)}
			var all sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for i := range waiters {
				n := b.N / waiters
				if i < b.N%waiters {
					n++
				}
				all.Go(func() {
					for after := range int64(n) {
						if _, err := s.Append(b.Context(), fmt.Sprint(i), after, kept.CommandKey{Seat: "a", ID: fmt.Sprint(after)}, row); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
		})
	}
}

// BenchmarkTail reads a session of 5,000 rows.
func BenchmarkTail(b *testing.B) {
	s := open(b, b.TempDir())
	begin(b, s, "s")
	rows := make([][]byte, 500)
	for i := range rows {
		rows[i] = make([]byte, 200)
	}
	for n := range int64(10) {
		if _, err := s.Append(b.Context(), "s", n*500, kept.CommandKey{ID: fmt.Sprint(n)}, rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Tail(b.Context(), "s", 0, func(int64, kept.CommandKey, []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
