package house

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearth/hub"
	"hearth/room"
	"hearth/room/group"
)

// GivenLink is a link on the one occasion on which its token is known.
type GivenLink struct {
	group.Link
	Token string `json:"token"`
	URL   string `json:"url"`
}

// newToken makes 256 random bits and the hash that is kept of them.
func newToken() (token string, hash [32]byte) {
	var raw [32]byte
	rand.Read(raw[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw[:]), sha256.Sum256(raw[:])
}

// hashOf is the hash kept of a token. Everything that is no token gets one and
// the same hash, that of 33 bytes, which no link has: it takes the same path and
// time as a wrong token.
func hashOf(token string) [32]byte {
	var raw, nothing [33]byte
	if len(token) == base64.RawURLEncoding.EncodedLen(32) {
		if n, err := base64.RawURLEncoding.Strict().Decode(raw[:], []byte(token)); err == nil && n == 32 {
			return sha256.Sum256(raw[:32])
		}
	}
	return sha256.Sum256(nothing[:])
}

func (h *House) give(l group.Link) GivenLink {
	g := GivenLink{Link: l}
	g.Token, g.Hash = newToken()
	g.URL = h.Public + "/j#" + g.Token
	return g
}

// OrganiserLink makes the house's organiser link if there is none yet. When
// there is one, made is false: its token is not known any more.
func (h *House) OrganiserLink(ctx context.Context) (link GivenLink, made bool, err error) {
	switch _, err := h.Store.Organiser(ctx); {
	case err == nil:
		return GivenLink{}, false, nil
	case !errors.Is(err, hub.ErrNotFound):
		return GivenLink{}, false, fmt.Errorf("look for the organiser's link: %w", err)
	}
	link = h.give(group.Link{ID: newID(), Kind: group.OrganiserLink})
	switch err := h.Store.FirstOrganiser(ctx, link.Link); {
	case errors.Is(err, hub.ErrTaken): // another node was first, and shows its own
		return GivenLink{}, false, nil
	case err != nil:
		return GivenLink{}, false, fmt.Errorf("keep the first organiser link: %w", err)
	}
	return link, true, nil
}

// NewOrganiserLink makes a new organiser link; the old one and every device it
// opened are void.
func (h *House) NewOrganiserLink(ctx context.Context) (GivenLink, error) {
	link := h.give(group.Link{ID: newID(), Kind: group.OrganiserLink})
	if err := h.Store.SetOrganiser(ctx, link.Link); err != nil {
		return GivenLink{}, fmt.Errorf("keep a new organiser link: %w", err)
	}
	return link, nil
}

// RotateOrganiser makes a new organiser link in the place of the old one, which
// is void. Devices on which it was opened stay the organiser's.
func (h *House) RotateOrganiser(ctx context.Context) (GivenLink, error) {
	old, err := h.Store.Organiser(ctx)
	if errors.Is(err, hub.ErrNotFound) {
		return h.NewOrganiserLink(ctx)
	}
	if err != nil {
		return GivenLink{}, fmt.Errorf("look for the organiser's link: %w", err)
	}
	link := h.give(group.Link{ID: newID(), Kind: group.OrganiserLink})
	if err := h.Store.RotateLink(ctx, old.ID, link.Link); err != nil {
		return GivenLink{}, fmt.Errorf("keep a rotated organiser link: %w", err)
	}
	return link, nil
}

// makeLink makes a link of a session and, unless it is open, the seat it leads to.
func (h *House) makeLink(s group.Session, kind group.LinkKind) (GivenLink, *group.Seat) {
	l := group.Link{ID: newLinkID(s.ID), Kind: kind, Session: s.ID, Expires: h.expiry(s)}
	if kind == group.OpenLink {
		// Twice the seats: people come back on another device, and wellbeing
		// still decides about each of them.
		l.MaxUses = 2 * s.Plan.Seats
		return h.give(l), nil
	}
	l.Seat = room.SeatID(newID())
	return h.give(l), &group.Seat{ID: l.Seat, Session: s.ID, Role: kind.Powers().Name, Link: l.ID}
}

// AddLink makes one more link. There is one personal link for each seat at
// most, and one in force of every other kind.
func (h *House) AddLink(ctx context.Context, session string, kind group.LinkKind) (GivenLink, error) {
	if !slices.Contains(group.SeatLinks(), kind) {
		return GivenLink{}, refuseKind
	}
	s, err := h.unfinished(ctx, session)
	if err != nil {
		return GivenLink{}, err
	}
	links, err := h.Store.Links(ctx, session)
	if err != nil {
		return GivenLink{}, fmt.Errorf("list the links of a session: %w", err)
	}
	if err := oneMore(s, links, kind); err != nil {
		return GivenLink{}, err
	}
	link, seat := h.makeLink(s, kind)
	if err := h.Store.AddLink(ctx, link.Link, seat); err != nil {
		return GivenLink{}, missing(err, "keep a new link")
	}
	return link, nil
}

// oneMore says whether a session may have one more link of a kind.
func oneMore(s group.Session, links []group.Link, kind group.LinkKind) error {
	inForce := 0
	for _, l := range links {
		if l.Kind == kind && !l.Revoked {
			inForce++
		}
	}
	switch {
	case kind == group.PersonalLink && inForce >= s.Plan.Seats:
		return refuseFull
	case kind != group.PersonalLink && inForce > 0:
		return refuseHaveOne
	}
	return nil
}

// Rotate voids a link and gives a new one to the same seat; devices that hold
// the seat keep it.
func (h *House) Rotate(ctx context.Context, id string) (GivenLink, error) {
	old, s, err := h.linkOf(ctx, id)
	if err != nil {
		return GivenLink{}, err
	}
	if old.Revoked {
		return GivenLink{}, refuseLinkOver
	}
	if s.State == group.Over {
		return GivenLink{}, refuseOver
	}
	fresh := old
	fresh.ID, fresh.Uses, fresh.Expires = newLinkID(s.ID), 0, h.expiry(s)
	given := h.give(fresh)
	if err := h.Store.RotateLink(ctx, old.ID, given.Link); err != nil {
		return GivenLink{}, ended(err, "keep a rotated link")
	}
	return given, nil
}

// Revoke voids a link for good. Its seat is closed, and so is every seat that a
// second device claimed by it; seats made by an open link stay, because revoking
// it only closes the way in.
func (h *House) Revoke(ctx context.Context, id string) (group.Link, error) {
	before, _, err := h.linkOf(ctx, id)
	if err != nil {
		return group.Link{}, err
	}
	seats, err := h.Store.Seats(ctx, before.Session)
	if err != nil {
		return group.Link{}, fmt.Errorf("list the seats of a link: %w", err)
	}
	link, err := h.Store.RevokeLink(ctx, id)
	if err != nil {
		return group.Link{}, ended(err, "revoke a link")
	}
	if link.Kind == group.OpenLink {
		return link, nil
	}
	for _, seat := range seats {
		if seat.ID != link.Seat && seat.Link != id {
			continue
		}
		if err := h.Rooms.Revoke(ctx, link.Session, seat.ID); err != nil {
			return group.Link{}, fmt.Errorf("close the seat of a revoked link: %w", err)
		}
	}
	return link, nil
}

// AfterRemoval makes the ways by which a removed seat's person could come again
// lead nowhere (walls §2.2, 4): open links, and the personal link by which a
// second device claimed its seat. They are rotated to tokens that nobody has;
// the organiser can rotate them again to give them out. Whoever holds a seat by
// such a link keeps it.
func (h *House) AfterRemoval(ctx context.Context, session string, removed room.SeatID) error {
	seat, err := h.Store.Seat(ctx, removed)
	if errors.Is(err, hub.ErrNotFound) {
		return nil // the session is over, and its links with it
	}
	if err != nil {
		return fmt.Errorf("find a removed seat: %w", err)
	}
	links, err := h.Store.Links(ctx, session)
	if err != nil {
		return fmt.Errorf("list the links of a session: %w", err)
	}
	for _, l := range links {
		if l.Revoked || l.Kind != group.OpenLink && (seat.Claims == "" || l.ID != seat.Link) {
			continue
		}
		if _, err := h.Rotate(ctx, l.ID); err != nil && !errors.Is(err, refuseOver) {
			return fmt.Errorf("void a link after a removal: %w", err)
		}
	}
	return nil
}

// ended is for a link that was there a moment ago: its session has ended since,
// and its links with it.
func ended(err error, act string) error {
	if errors.Is(err, hub.ErrNotFound) {
		return refuseOver
	}
	return fmt.Errorf("%s: %w", act, err)
}

// expiry is when a link of a session stops opening: a quarter of an hour after
// the planned end, or after now for a session that goes on longer.
func (h *House) expiry(s group.Session) time.Time {
	end := s.Ends()
	if now := h.now(); s.State == group.Live && now.After(end) {
		end = now
	}
	return end.Add(linksOutlive)
}

// linkOf finds a session's link by its id, which begins with the session's.
func (h *House) linkOf(ctx context.Context, id string) (group.Link, group.Session, error) {
	session, _, _ := strings.Cut(id, ".")
	s, err := h.Store.Session(ctx, session)
	if err != nil {
		return group.Link{}, group.Session{}, missing(err, "find the session of a link")
	}
	links, err := h.Store.Links(ctx, session)
	if err != nil {
		return group.Link{}, group.Session{}, missing(err, "list the links of a session")
	}
	i := slices.IndexFunc(links, func(l group.Link) bool { return l.ID == id })
	if i < 0 {
		if now, err := h.Store.Session(ctx, session); err == nil && now.State == group.Over {
			return group.Link{}, group.Session{}, refuseOver
		}
		return group.Link{}, group.Session{}, RefuseMissing
	}
	return links[i], s, nil
}

// newLinkID makes the id of a session's link. No other id holds a dot.
func newLinkID(session string) string { return session + "." + newID() }
