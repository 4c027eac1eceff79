package runtime

import (
	"errors"

	"hearth/room"
	"hearth/room/plain"
)

// dress gives a command what the wire may not say: names and words in the form
// in which they are shown, the look-alike skeleton of a name, and who the seat
// is by its link.
func dress(cmd room.Command, m *Member) (room.Command, *room.Refusal) {
	var err error
	switch c := cmd.(type) {
	case room.Knock:
		c.Name, c.Skeleton, err = plain.Name(c.Name)
		c.Role, c.Claims, c.Open = m.role, m.claims, m.open
		cmd = c
	case room.Rename:
		c.Name, c.Skeleton, err = plain.Name(c.Name)
		cmd = c
	case room.Worded:
		text, some := c.Own()
		if !some {
			break
		}
		text, err = plain.Words(text, room.MaxText)
		cmd = c.WithOwn(text)
	}
	if err == nil {
		return cmd, nil
	}
	if p, ok := errors.AsType[*plain.Problem](err); ok {
		return nil, &room.Refusal{Code: p.Code, Say: p.Say}
	}
	return nil, refuseUnknown
}
