package room

import "time"

// Events of replies (T8); all of them only in memory.
type (
	// Invited is what the speaker would like back.
	Invited struct {
		passing
		Invite Invite
	}
	// RepliesOpened opens the reply window.
	RepliesOpened struct{ passing }
	// RepliesDone lets the window run out now. The turn is then closed by its
	// timer, so that no command id in the journal tells that there were replies
	// (A02), and nobody enters in the same breath as words (R6).
	RepliesDone struct{ passing }
)

var replyEvents = []kind{
	declare[Invited]("invited", alteration{inFloor, holder, false}, nil),
	declare("replies-opened", alteration{inFloor | inNext | inClock, allSeats, false}, func(g *casting, _ RepliesOpened) {
		g.tell(Happening{Kind: "replies", Seat: g.holder()})
	}),
	declare[RepliesDone]("replies-done", alteration{inFloor, allSeats, false}, nil),
}

var replyHandlers = []handler{on(insider, inviteReplies), on(insider, closeReplies)}

// welcomes: the speaker wants replies. JustHear is the default.
func (t *LiveTurn) welcomes() bool { return t.Invite != "" && t.Invite != JustHear }

func inviteReplies(d *decision, c InviteReplies) *Refusal {
	t := d.mine()
	switch {
	case t == nil || t.Stage == Offered || t.Stage == Moment:
		return noTurn
	case d.s.Form.Phase != Main:
		return noCrosstalk
	case c.Kind != JustHear && c.Kind != MeToo && c.Kind != Questions && c.Kind != Ideas:
		return unknownInvite
	case t.Stage == Replying && c.Kind == JustHear:
		d.closeTurn(false)
	case t.Invite != c.Kind:
		d.emit(Invited{Invite: c.Kind})
	}
	return nil
}

func (e Invited) apply(s *State, _ time.Time) { s.open().Invite = e.Invite }

func (RepliesOpened) apply(s *State, now time.Time) {
	t := s.open()
	t.Stage, t.Replies, t.Until = Replying, s.Form.Rules.Replies, now.Add(s.Form.Rules.ReplyWindow)
	t.Soft, t.OverAt, t.Cue, t.Over = time.Time{}, time.Time{}, "", false
}

func closeReplies(d *decision, _ CloseReplies) *Refusal {
	t := d.s.Live.Turn
	switch {
	case t == nil || t.Stage != Replying:
		return noReplies
	case t.Seat == d.by:
		d.closeTurn(false)
	case d.s.leads(d.by):
		d.emit(RepliesDone{})
	default:
		return notYourTurn
	}
	return nil
}

func (RepliesDone) apply(s *State, now time.Time) { s.open().runOut(now) }

// runOut ends the reply window at the next tick, which is due at once.
func (t *LiveTurn) runOut(now time.Time) { t.Replies, t.Until = 0, now }
