package runtime

import (
	"bytes"
	"errors"
	"strconv"
	"sync/atomic"

	"hearth/hub/fanout"
	"hearth/hub/socket"
	"hearth/hub/strict"
	"hearth/room"
	"hearth/room/group"
)

// Close codes (docs/protocol.md §5).
const (
	closeProtocol = socket.NotProtocol
	closeUTF8     = socket.NotUTF8
	closeRules    = socket.RulesBroken
	closeRestart  = 1012
	closeMute     = 4000
	closeSlow     = socket.Slow
	closeReplaced = 4009
	closeHello    = 4400
	closeRemoved  = 4403
	closeOver     = 4404
	closeGone     = 4410
)

// Member is one connection of one seat. The fields of the first part are set
// before the connection starts; those of the second are shared; the rest
// belongs to the room's worker.
type Member struct {
	id     uint64 // of the connection; see Presence
	room   *Room
	conn   *socket.Conn
	seat   room.SeatID
	role   room.Role   // by its link
	claims room.SeatID // the seat that this second device says it is
	since  int64       // when the socket was opened, in nanoseconds
	slot   int32       // of the sweeper
	open   bool        // came by the open link
	gen    int64       // of the binding under which it was opened

	traffic
	fanout.Receiver
	place   *place
	token   string // its resume token
	leaving bool   // will be closed after the next flush; nothing more is read
	apart   bool   // has been told that some people are out of reach
	strikes strikes
}

// traffic is what the reader of a connection, the sweep and the room's worker share.
type traffic struct {
	waiting atomic.Int32 // messages in the mailbox
	pongs   atomic.Int32 // pongs since the last ping
	asks    atomic.Int32 // pings of the page since our last one
	stage   atomic.Int32 // stageHello, stageLive, stageOver
	heard   atomic.Bool  // something came since the last ping
	spoke   atomic.Bool  // has said hello, or is being closed for not doing so
	floods  strikes      // messages over Limits.PerConn; the reader's own
}

// newMember is a connection that is about to be accepted. It keeps of the seat
// only what it needs: there is one for every socket.
func (n *Node) newMember(l *Room, seat group.Seat) *Member {
	m := &Member{id: n.conns.Add(1), room: l, seat: seat.ID, claims: seat.Claims, open: seat.Open, gen: seat.Generation, since: n.clock().UnixNano()}
	m.role, _ = room.RoleNamed(string(seat.Role)) // one that is unknown can do nothing (S14)
	return m
}

var (
	pongMessage = []byte(`{"do":"pong"}`)
	askMessage  = []byte(`{"do":"ping"}`)
	pingFrame   = socket.NewFrame([]byte(`{"t":"ping"}`))
)

// Message implements [socket.Handler]; the reader calls it. It does as little
// as can be: decoding is the worker's, so that the reader's stack stays small
// (measured: 4 KiB a connection).
func (m *Member) Message(c *socket.Conn, data []byte) {
	m.heard.Store(true)
	if bytes.Equal(data, pongMessage) && m.pongs.Add(1) <= 2 {
		return
	}
	if bytes.Equal(data, askMessage) && m.stage.Load() == stageLive && m.asks.Add(1) <= mostAsks {
		m.pong(c)
		return
	}
	if most := int32(m.room.node.limits.PerConn); most > 0 && m.waiting.Load() >= most {
		m.flood(c, data)
		return
	}
	m.waiting.Add(1)
	if !m.room.post(letter{from: m, data: bytes.Clone(data)}) {
		m.waiting.Add(-1)
		m.room.node.metrics.RateLimited.WithLabelValues("mailbox").Inc()
		c.Push(socket.NewFrame(fanout.No(refOf(data), refuseBusy)))
	}
}

// mostAsks is how many pings of a page are answered between two of ours, which
// are 14.5 s apart. More are commands that nobody knows.
const mostAsks = 20

// pong answers a page that asks whether it is still heard, with our time, from
// the reader: it must not wait for a room that is busy or a slow journal (U10,
// U17).
func (m *Member) pong(c *socket.Conn) {
	now := m.room.node.clock().UnixMilli()
	c.Push(socket.NewFrame([]byte(`{"t":"pong","now":` + strconv.FormatInt(now, 10) + `}`)))
}

// flood answers a message of somebody who sends faster than the room can read.
func (m *Member) flood(c *socket.Conn, data []byte) {
	m.room.node.metrics.RateLimited.WithLabelValues("flood").Inc()
	if m.floods.add(m.room.node.clock(), &m.room.node.limits) {
		c.Close(closeRules, "rules")
		return
	}
	c.Push(socket.NewFrame(fanout.No(refOf(data), refuseSlowDown)))
}

// Closed implements [socket.Handler]; the reader calls it, once.
func (m *Member) Closed(_ *socket.Conn, err error) {
	code := socket.Abnormal
	if ended, ok := errors.AsType[*socket.Ended](err); ok {
		code = ended.Code
	}
	n := m.room.node
	n.metrics.ended(code)
	n.metrics.Connections.WithLabelValues(stageNames[m.stage.Swap(stageOver)]).Dec()
	n.sweeper.remove(m)
	m.room.post(letter{from: m, ended: true})
	n.open.Done()
}

// The stages of a connection.
const (
	stageHello int32 = iota // has not been answered
	stageLive               // has been greeted; is pinged
	stageOver
)

var stageNames = [...]string{stageHello: "hello", stageLive: "live", stageOver: "over"}

// welcome says that a connection has been greeted.
func (m *Member) welcome() {
	m.room.sender.Welcome(&m.Receiver)
	if m.stage.CompareAndSwap(stageHello, stageLive) {
		m.room.node.metrics.Connections.WithLabelValues("hello").Dec()
		m.room.node.metrics.Connections.WithLabelValues("live").Inc()
	}
}

// refOf finds the id of a command that will not be run, so that its sender can
// be told which one. It is empty if there is none that can be read.
func refOf(data []byte) string {
	fields, err := strict.Object(data)
	if err != nil {
		return ""
	}
	id, err := fields.String("id")
	if err != nil || !goodID(id) {
		return ""
	}
	return id
}

// goodID says whether a command's id is one: 8 to 64 letters, digits, dashes.
func goodID(id string) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// place is what a room keeps of a seat that is or was connected. It belongs to
// the room's worker.
type place struct {
	fanout.Place
	conns  []*Member // all sockets, oldest first, those too that have not said hello
	status room.Status
	tokens []string
	all    bucket // commands, from all its sockets: a new one does not make it whole again
	words  bucket
}
