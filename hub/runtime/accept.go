package runtime

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"hearth/hub/fail"
	"hearth/hub/socket"
	"hearth/room/group"
)

// Enter counts a socket in, before [Node.Upgrade].
func (n *Node) Enter() { n.open.Add(1) }

// Upgrade makes a request that was counted in a WebSocket of a seat, in a room that
// is loaded, or nil for a session that is over. It gives nil for a request that
// cannot be upgraded: it has been answered and counted out.
func (n *Node) Upgrade(w http.ResponseWriter, r *http.Request, l *Room, seat group.Seat) *Member {
	if l == nil {
		l = n.nowhere()
	}
	m := n.newMember(l, seat)
	conn, err := socket.Accept(w, r, m, n.limits.Socket)
	if err != nil {
		n.metrics.Joins.WithLabelValues("refused").Inc()
		n.open.Done()
		return nil
	}
	m.conn, m.Out = conn, conn
	n.metrics.Connections.WithLabelValues("hello").Inc()
	n.sweeper.add(m)
	return m
}

// Join makes a new connection known to a room. It says false when the room is no
// longer in memory.
func (m *Member) Join(l *Room) bool {
	m.room = l
	return l.post(letter{do: func(l *Room) { l.attach(m) }})
}

// Start lets the connection be read. Without a room it is told that the session is
// over; while the house goes down, to come back in a moment.
func (m *Member) Start(joined, ready bool) {
	switch {
	case !ready:
		m.spoke.Store(true)
		m.conn.Close(closeRestart, retryIn(time.Second))
	case !joined:
		m.spoke.Store(true)
		m.conn.Close(closeOver, "over")
	}
	m.conn.Start()
}

// Draining: who is closed at the same time, and how far apart people are asked to
// come back (walls §5, F16).
const (
	drainAtOnce = 128
	drainSpread = 2 * time.Second
)

// retryIn is the reason of a close frame with 1012.
func retryIn(wait time.Duration) string {
	return `{"retry":` + strconv.FormatInt(wait.Milliseconds(), 10) + `}`
}

// CloseSockets asks everybody to come back in a moment, a bounded number at a time, and
// cuts those who are still there when ctx ends. It waits for the last to go.
func (n *Node) CloseSockets(ctx context.Context) {
	n.closeAll()
	over := make(chan struct{})
	go func() {
		n.open.Wait()
		close(over)
	}()
	select {
	case <-over:
		return
	case <-ctx.Done():
	}
	for _, m := range n.sweeper.everybody() {
		m.conn.Drop()
	}
	<-over // a dropped socket ends at once
}

func (n *Node) closeAll() {
	everybody := n.sweeper.everybody()
	var all sync.WaitGroup
	next := make(chan *Member)
	for range min(drainAtOnce, len(everybody)) {
		all.Go(func() {
			for m := range next {
				m.spoke.Store(true)
				m.conn.Close(closeRestart, retryIn(rand.N(drainSpread))) //nolint:gosec // spreads load, keeps no secret
			}
		})
	}
	for i, m := range everybody {
		if i == len(everybody)/2 {
			fail.Point(fail.MidDrain)
		}
		next <- m
	}
	close(next)
	all.Wait()
}
