package drive

import "time"

// Work is the processor time of the machine, and of it what belongs to this
// process and one server, up to a moment.
type Work struct{ all, own time.Duration }

// SpentBy reads the work up to now.
func SpentBy(server int) Work {
	all, own := Spent()
	of, _ := CPU(server)
	return Work{all, own + of}
}

// Others is how many processors were taken since then by neither this process
// nor the server.
func (w Work) Others(server int, took time.Duration) float64 {
	now := SpentBy(server)
	return ((now.all - w.all) - (now.own - w.own)).Seconds() / took.Seconds()
}
