package house

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hearth/hub"
	"hearth/room"
	"hearth/room/group"
)

// maxClaims is how many further devices may wait in the lobby saying that they
// are one seat. Beyond it the link answers as if it were used up.
const maxClaims = 5

// Opened is what a link led to: a seat in a session, or the organiser's pages.
type Opened struct {
	Kind    string      `json:"kind"` // "seat" or "organiser"
	Seat    room.SeatID `json:"seat,omitempty"`
	Session string      `json:"session,omitempty"` // for proxies that send a room to one node

	// Fresh: the rights are those of the fresh device, and so is everything that
	// the other one held.
	Fresh bool `json:"-"`
}

// Visitor is a browser that opens a link.
type Visitor struct {
	Device [32]byte // the SHA-256 of its cookie
	Fresh  [32]byte // of a cookie that nobody knows yet, for when its rights grow
	// MayTake is asked before an open link makes a new seat; nil: yes.
	MayTake func() bool
}

// Open opens a link for a device (the SHA-256 of its cookie). Opening a link
// again on the same device gives the same seat. A link that opens nothing is
// refused with [RefuseLink] after the same three look-ups, whatever the reason.
//
// When the link gives a device more rights than it has, a facilitator's or the
// organiser's, they are given to fresh, together with everything that device
// holds: whoever knew the cookie of before has nothing of it (S08).
func (h *House) Open(ctx context.Context, token string, by Visitor) (Opened, error) {
	device, fresh := by.Device, by.Fresh
	link, seat, err := h.lookUp(ctx, token)
	if err != nil {
		return Opened{}, err
	}
	rises, err := h.rises(ctx, link, device)
	if err != nil {
		return Opened{}, err
	}
	if rises && device != fresh {
		if err := h.Store.Renew(ctx, device, fresh); err != nil {
			return Opened{}, fmt.Errorf("renew a device: %w", err)
		}
		device = fresh
	}
	opened, err := h.openFor(ctx, link, seat, device, by.MayTake)
	opened.Fresh = device == fresh
	return opened, err
}

// rises says whether a link gives a device rights over others that it has not.
func (h *House) rises(ctx context.Context, link group.Link, device [32]byte) (bool, error) {
	switch {
	case link.Kind == group.OrganiserLink:
		is, err := h.Store.IsOrganiser(ctx, device, h.now())
		return !is, err
	case link.Kind.Powers().Tools:
		_, err := h.Store.Holds(ctx, device, link.Seat)
		if errors.Is(err, hub.ErrNotFound) {
			return true, nil
		}
		return false, err
	}
	return false, nil
}

func (h *House) openFor(ctx context.Context, link group.Link, seat group.Seat, device [32]byte, may func() bool) (_ Opened, err error) {
	switch {
	case link.Kind == group.OrganiserLink:
		if err := h.Store.BindOrganiser(ctx, device, h.now()); err != nil {
			return Opened{}, fmt.Errorf("bind an organiser's device: %w", err)
		}
		return Opened{Kind: "organiser"}, nil
	case link.Kind == group.OpenLink:
		seat, err = h.openOpen(ctx, link, device, may)
	case link.Kind.Powers().Tools:
		err = h.openFacilitator(ctx, seat, device)
	default:
		seat, err = h.openPersonal(ctx, seat, device)
		return Opened{Kind: "seat", Seat: seat.ID, Session: seat.Session}, err
	}
	if err != nil {
		return Opened{}, err
	}
	if err := h.arrive(ctx, seat); err != nil {
		return Opened{}, noLink(err)
	}
	return Opened{Kind: "seat", Seat: seat.ID, Session: seat.Session}, nil
}

// lookUp does the same work for every token: link, session, seat. Only then it
// decides.
func (h *House) lookUp(ctx context.Context, token string) (group.Link, group.Seat, error) {
	link, linkErr := h.Store.LinkByHash(ctx, hashOf(token))
	session, sessionErr := h.Store.Session(ctx, link.Session)
	seat, seatErr := h.Store.Seat(ctx, link.Seat)
	for _, err := range []error{linkErr, sessionErr, seatErr} {
		if err != nil && !errors.Is(err, hub.ErrNotFound) {
			return group.Link{}, group.Seat{}, fmt.Errorf("look up a link: %w", err)
		}
	}
	usable := linkErr == nil && !link.Revoked && (link.Expires.IsZero() || h.now().Before(link.Expires) || h.overruns(link))
	inSession := sessionErr == nil && session.State != group.Over
	switch link.Kind {
	case group.OrganiserLink:
	case group.OpenLink:
		// A used-up open link still leads devices that used it to their seats.
		usable = usable && inSession
	default:
		usable = usable && inSession && seatErr == nil && !seat.Revoked
	}
	if !usable {
		return group.Link{}, group.Seat{}, RefuseLink
	}
	return link, seat, nil
}

// overruns: the session goes on longer than planned, so that its end is not here
// yet. Whoever belongs to it can still come back, the lead on a new device too;
// an open link takes nobody new.
func (h *House) overruns(link group.Link) bool {
	if link.Kind == group.OpenLink {
		return false
	}
	now := h.Rooms.SessionState(link.Session)
	return now.Live && now.Phase != room.Lobby && now.Phase != room.Closed
}

// openOpen gives the device its seat of an open link, a new one if it has none.
// A seat counts against the link once somebody answers at the door: when all are
// taken, one that nobody answered from is given back, so that a visitor who opens
// the link again and again uses nothing up (S09).
func (h *House) openOpen(ctx context.Context, link group.Link, device [32]byte, may func() bool) (group.Seat, error) {
	mine, err := h.mySeat(ctx, link.Session, device, func(s group.Seat) bool { return s.Open })
	if err != nil || mine.ID != "" {
		return mine, err
	}
	seat := group.Seat{ID: room.SeatID(newID()), Session: link.Session, Role: link.Kind.Powers().Name, Link: link.ID, Open: true}
	if may != nil && !may() {
		return group.Seat{}, RefuseOften
	}
	err = h.Store.UseOpen(ctx, link.ID, seat, device)
	if errors.Is(err, hub.ErrTaken) {
		if err = h.giveBack(ctx, link); err == nil {
			err = h.Store.UseOpen(ctx, link.ID, seat, device)
		}
	}
	switch {
	case errors.Is(err, hub.ErrTaken), errors.Is(err, hub.ErrNotFound):
		return group.Seat{}, RefuseLink
	case err != nil:
		return group.Seat{}, fmt.Errorf("use an open link: %w", err)
	}
	return seat, nil
}

// giveBack takes one seat back that the open link made and that nobody answered
// from. [hub.ErrTaken] if there is none.
func (h *House) giveBack(ctx context.Context, link group.Link) error {
	seats, err := h.Store.Seats(ctx, link.Session)
	if err != nil {
		return err
	}
	unanswered, err := h.Rooms.Unanswered(ctx, link.Session)
	if err != nil {
		return err
	}
	for _, id := range unanswered {
		i := slices.IndexFunc(seats, func(s group.Seat) bool { return s.ID == id })
		if i < 0 || !seats[i].Open || seats[i].Revoked {
			continue
		}
		if err := h.Store.GiveBack(ctx, link.ID, id); err != nil {
			return err
		}
		return h.Rooms.Revoke(ctx, link.Session, id)
	}
	return hub.ErrTaken
}

// openPersonal binds the seat to its first device. A second device gets a seat
// of its own that waits in the lobby and claims the first (walls §2.2, 3); so
// does a device whose seat has gone on to another one since.
func (h *House) openPersonal(ctx context.Context, seat group.Seat, device [32]byte) (group.Seat, error) {
	held, claims, err := h.heldClaims(ctx, seat, device)
	if err != nil {
		return group.Seat{}, err
	}
	switch err := h.Store.Bind(ctx, seat.ID, device, false); {
	case err == nil:
		held = append(held, seat)
	case errors.Is(err, hub.ErrNotFound):
		return group.Seat{}, RefuseLink
	case !errors.Is(err, hub.ErrTaken):
		return group.Seat{}, fmt.Errorf("bind a seat: %w", err)
	}
	for _, s := range held {
		if err := h.arrive(ctx, s); !errors.Is(err, errMoved) {
			return s, err
		}
	}
	if claims >= maxClaims {
		return group.Seat{}, RefuseLink
	}
	claim := group.Seat{ID: room.SeatID(newID()), Session: seat.Session, Role: seat.Role, Link: seat.Link, Claims: seat.ID}
	if err := h.Store.AddSeat(ctx, claim, device); err != nil {
		return group.Seat{}, fmt.Errorf("keep a seat for a second device: %w", err)
	}
	return claim, noLink(h.arrive(ctx, claim))
}

// heldClaims finds the seats that claim a seat and that this device holds, the
// newest first, and how many claims there are of any device.
func (h *House) heldClaims(ctx context.Context, seat group.Seat, device [32]byte) (held []group.Seat, claims int, err error) {
	seats, err := h.Store.Seats(ctx, seat.Session)
	if err != nil {
		return nil, 0, fmt.Errorf("list the seats of a session: %w", err)
	}
	for _, s := range slices.Backward(seats) {
		if s.Revoked || s.Claims != seat.ID {
			continue
		}
		claims++
		switch _, err := h.Store.Holds(ctx, device, s.ID); {
		case err == nil:
			held = append(held, s)
		case !errors.Is(err, hub.ErrNotFound):
			return nil, 0, fmt.Errorf("look for the seat of a device: %w", err)
		}
	}
	return held, claims, nil
}

// mySeat finds, among the seats that are wanted, the one this device holds; the
// zero Seat means none.
func (h *House) mySeat(ctx context.Context, session string, device [32]byte, want func(group.Seat) bool) (group.Seat, error) {
	seats, err := h.Store.Seats(ctx, session)
	if err != nil {
		return group.Seat{}, fmt.Errorf("list the seats of a session: %w", err)
	}
	for _, s := range seats {
		if s.Revoked || !want(s) {
			continue
		}
		switch _, err := h.Store.Holds(ctx, device, s.ID); {
		case err == nil:
			return s, nil
		case !errors.Is(err, hub.ErrNotFound):
			return group.Seat{}, fmt.Errorf("look for the seat of a device: %w", err)
		}
	}
	return group.Seat{}, nil
}

// openFacilitator moves the seat to this device: the last one wins, and the
// sockets of the one before are closed.
func (h *House) openFacilitator(ctx context.Context, seat group.Seat, device [32]byte) error {
	_, err := h.Store.Holds(ctx, device, seat.ID)
	if err == nil {
		return nil
	}
	if !errors.Is(err, hub.ErrNotFound) {
		return fmt.Errorf("look for a facilitator's device: %w", err)
	}
	switch err := h.Store.Bind(ctx, seat.ID, device, true); {
	case errors.Is(err, hub.ErrNotFound):
		return RefuseLink
	case err != nil:
		return fmt.Errorf("move a facilitator's seat: %w", err)
	}
	if err := h.Rooms.Moved(ctx, seat.Session, seat.ID); err != nil {
		return fmt.Errorf("close a facilitator's old device: %w", err)
	}
	return nil
}

// errMoved says that the seat has gone on to another device of its person.
var errMoved = errors.New("house: the seat has moved")

// noLink answers for a seat that has moved like a link that opens nothing.
func noLink(err error) error {
	if errors.Is(err, errMoved) {
		return RefuseLink
	}
	return err
}

// arrive tells the room that the seat has opened its link. A room that does not
// take it answers like a link that opens nothing; errMoved if it has moved.
func (h *House) arrive(ctx context.Context, seat group.Seat) error {
	err := h.Rooms.Arrive(ctx, seat)
	if err == nil {
		return nil
	}
	if no, refused := errors.AsType[*room.Refusal](err); refused && no.Code == room.CodeMoved {
		return errMoved
	}
	if _, refused := errors.AsType[*room.Refusal](err); refused || errors.Is(err, hub.ErrOver) || errors.Is(err, hub.ErrNotFound) {
		return RefuseLink
	}
	return fmt.Errorf("let a seat arrive: %w", err)
}

// Holding finds the seat that a device holds. RefuseMissing covers a seat that
// is not there and one that is somebody else's alike (A5).
func (h *House) Holding(ctx context.Context, device [32]byte, seat room.SeatID) (group.Seat, error) {
	s, err := h.Store.Holds(ctx, device, seat)
	if err != nil {
		return group.Seat{}, missing(err, "look for the seat of a device")
	}
	if s.Revoked {
		return group.Seat{}, RefuseMissing
	}
	return s, nil
}
