// Package room is one live session as a pure state machine.
//
// A command from a seat, or from the house (timers and the hub), is decided
// against the state and gives events or a [Refusal]. Events are applied to the
// state and cannot fail. Nothing here reads a clock, draws a random number,
// starts a goroutine or does I/O: the time comes in as an argument, ids come in
// inside commands. So the same commands at the same times always give the same
// room, and every rule of the practice can be tested as a text a facilitator
// could read.
//
// There are two kinds of facts. Form (whose turn, which phase, who is here) is
// built by durable events, which the hub writes to the journal before anybody
// sees them. Live facts (words, offers, soft timers, who is connected) are
// built by passing events, which never leave memory. [Durable] tells them
// apart, by type.
//
// The journal must not be able to tell a pass from a share (practice A02). So a
// turn is durable when it is opened (offered) and when it is closed; whether
// the person in between took the floor, kept a moment of silence or passed is
// Live, and durable events of a turn carry no time.
//
// A State belongs to one goroutine at a time; it has no locks.
//
// Part of what other packages do with its types is written by a program (see hearth/cmd/hearthgen).
package room

//go:generate go run hearth/cmd/hearthgen ..
