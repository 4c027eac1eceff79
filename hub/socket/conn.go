// Package socket is one WebSocket connection: lean, hostile-proof, and ignorant
// of rooms. It reads whole text messages into a [Handler] and sends [Frame]s
// that were encoded once for all their receivers.
package socket

import (
	"net/http"
	"time"
)

// Protocol is the subprotocol every client must ask for.
const Protocol = "hearth.v1"

// Handler receives what happens on a connection. Its methods are called by the
// connection's reader, one at a time.
type Handler interface {
	// Message is given one whole text message. data is only valid during the
	// call; copy what must stay. It must be quick and must not wait.
	Message(c *Conn, data []byte)
	// Closed is called exactly once, after the last Message. err is an *Ended.
	Closed(c *Conn, err error)
}

// Conn is one connection.
type Conn struct {
	// Data is a slot for the caller. The socket never touches it.
	Data any
}

// Accept upgrades a request.
func Accept(w http.ResponseWriter, r *http.Request, h Handler, l Limits) (*Conn, error) {
	return accept(w, r, h, l)
}

// Start lets the reader run.
func (c *Conn) Start() {}

// Push sends a frame, or queues it.
func (c *Conn) Push(f *Frame) {}

// PushAll is Push for several frames, with one write where one will do.
func (c *Conn) PushAll(frames []*Frame) {}

// Close says goodbye with a code and a reason.
func (c *Conn) Close(code int, reason string) {}

// Drop ends the connection at once.
func (c *Conn) Drop() {}

// LastHeard is when the last bytes of the peer came.
func (c *Conn) LastHeard() time.Time { return time.Time{} }

func accept(w http.ResponseWriter, r *http.Request, h Handler, l Limits) (*Conn, error) {
	_ = l.resolve()
	return nil, http.ErrNotSupported
}
