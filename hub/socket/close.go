package socket

import (
	"errors"
	"strconv"
)

// Close codes that the socket itself uses (docs/protocol.md §4). Others are the
// hub's.
const (
	NormalClosure = 1000
	NotProtocol   = 1002
	NotText       = 1003
	Abnormal      = 1006 // never on the wire: the connection ended without a close frame
	NotUTF8       = 1007
	RulesBroken   = 1008
	TooLarge      = 1009
	Slow          = 4008
)

// What made the socket end a connection.
var (
	ErrProtocol = errors.New("socket: not our protocol")
	ErrNotText  = errors.New("socket: not a text message")
	ErrNotUTF8  = errors.New("socket: not valid UTF-8")
	ErrTooLarge = errors.New("socket: message over the limit")
	ErrFlood    = errors.New("socket: read budget spent")
	ErrPings    = errors.New("socket: too many pings")
	ErrSlow     = errors.New("socket: too much was waiting")
	ErrCut      = errors.New("socket: message cut off")
	ErrAsked    = errors.New("socket: closed by this side")
	ErrDropped  = errors.New("socket: dropped by this side")
)

// Ended is the error that [Handler].Closed is given: how a connection came to
// its end. It holds no word and no address of the peer.
type Ended struct {
	Code int   // the close code that was sent or received first; Abnormal if none
	Peer bool  // the peer closed first
	Err  error // one of the errors above, or why reading or writing failed; may be nil
}

// Error says it in one line for operators.
func (e *Ended) Error() string {
	by := "by this side"
	if e.Peer {
		by = "by the peer"
	}
	text := "socket: closed " + by + " with " + strconv.Itoa(e.Code)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Ended) Unwrap() error { return e.Err }
