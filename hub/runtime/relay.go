package runtime

import "context"

// Relay carries messages between nodes. It keeps nothing: whoever does not
// listen at the moment misses the message, and whoever may have missed one is
// told. It may fail, stall or forget at any time without anything acknowledged
// being lost. Safe for use by many goroutines.
//
// A channel is named by a session's id, or [HouseChannel].
type Relay interface {
	// Publish sends a message to all subscribers of a channel on all nodes, this
	// one included. All of them hear the messages of one channel in the same
	// order. Success means only that the relay took it.
	Publish(ctx context.Context, channel string, message []byte) error
	// Subscribe lets hear be called with every message of a channel from now on,
	// in order, and fresh each time the subscription has begun anew (not the
	// first time): messages before it may have been missed. Both are called from
	// one goroutine of the relay at a time and must not wait. When Subscribe
	// returns nil, the subscription stands; or the relay is away, then it begins
	// when the relay is back, and fresh is called. cancel ends it; a call that is under
	// way may still be finished afterwards.
	Subscribe(ctx context.Context, channel string, hear func(message []byte), fresh func()) (cancel func(), err error)
	// Up says whether the relay seems to work just now. It never waits.
	Up() bool
	// Close ends every subscription.
	Close() error
}

// HouseChannel is the channel that every node listens to.
const HouseChannel = "house"
