// Package fanout is the outgoing side of a room: it encodes what the room casts,
// once for each audience, numbers it for each seat, and joins what is gathered
// into one frame for each connection. It keeps what a broken connection may ask
// for again, and the words in it only as long as they may be kept.
//
// It knows places, connections and lines. It decides nothing, asks no store and
// knows neither the rules of a session nor other nodes: what is to be shown, and
// to whom, comes in as values of package room.
//
// Nothing here is safe for use by many goroutines: a [Sender] and all that is
// given to it belong to the one worker of its room.
package fanout
