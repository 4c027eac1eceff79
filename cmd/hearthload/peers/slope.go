package peers

import (
	"math"
	"time"
)

// sample is the memory of the server at a moment; life counts its starts.
type sample struct {
	at   time.Duration
	life int
	mib  float64
}

// slope fits one line for all lives of the server, each with a height of its
// own: by how many MiB its memory grows in an hour, and how sure that is (one
// standard error). A kill gives all memory back, so that only growth within a
// life can be a leak.
func slope(samples []sample) (perHour, give float64) {
	type mean struct{ x, y, n float64 }
	of := map[int]mean{}
	for _, s := range samples {
		m := of[s.life]
		of[s.life] = mean{m.x + s.at.Hours(), m.y + s.mib, m.n + 1}
	}
	var xx, xy float64
	for _, s := range samples {
		m := of[s.life]
		x, y := s.at.Hours()-m.x/m.n, s.mib-m.y/m.n
		xx, xy = xx+x*x, xy+x*y
	}
	free := float64(len(samples) - len(of) - 1)
	if xx == 0 || free < 1 {
		return 0, math.Inf(1)
	}
	perHour = xy / xx
	var rest float64
	for _, s := range samples {
		m := of[s.life]
		d := s.mib - m.y/m.n - perHour*(s.at.Hours()-m.x/m.n)
		rest += d * d
	}
	return perHour, math.Sqrt(rest / free / xx)
}

// drift is the slope of the lives' own means: what grows from one start to the
// next, such as what is read from disk.
func drift(samples []sample) (perHour, give float64) {
	type sum struct{ at, mib, n float64 }
	of := map[int]sum{}
	for _, s := range samples {
		m := of[s.life]
		of[s.life] = sum{m.at + float64(s.at), m.mib + s.mib, m.n + 1}
	}
	var means []sample
	for _, m := range of {
		means = append(means, sample{at: time.Duration(m.at / m.n), mib: m.mib / m.n})
	}
	return slope(means)
}
