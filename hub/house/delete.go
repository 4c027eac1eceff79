package house

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hearth/hub"
	"hearth/room"
	"hearth/room/group"
)

// endsWithin is how long deleting a group waits for its sessions to be erased.
const endsWithin = 10 * time.Second

// DeleteGroup erases a group with everything of it: its sessions that have not begun
// are cancelled, then sessions, links, records, charters and the group itself are
// gone, also from backups. Name must be the group's: it is asked for so that nobody
// deletes another group by a slip. While a session of it is under way it is refused.
func (h *House) DeleteGroup(ctx context.Context, id, name string) error {
	g, err := h.Store.Group(ctx, id)
	if err != nil {
		return missing(err, "find a group to delete")
	}
	if name != g.Name {
		return refuseOtherName
	}
	sessions, err := h.Store.Sessions(ctx, id)
	if err != nil {
		return fmt.Errorf("list the sessions of a group to delete: %w", err)
	}
	for _, s := range sessions {
		if p := h.Rooms.SessionState(s.ID).Phase; s.State != group.Over && p != "" && p != room.Lobby {
			return refuseGroupLive
		}
	}
	for _, s := range sessions {
		if s.State == group.Over {
			continue
		}
		if err := h.End(ctx, s.ID); err != nil && !errors.Is(err, refuseOver) {
			return err
		}
		if err := h.ended(ctx, s.ID); err != nil {
			return err
		}
	}
	switch err := h.Store.DeleteGroup(ctx, id); {
	case errors.Is(err, hub.ErrTaken):
		return refuseGroupLive
	case err != nil:
		return missing(err, "delete a group")
	}
	return nil
}

// ended waits until a session that was ended is over: its journal is erased then.
func (h *House) ended(ctx context.Context, session string) error {
	ctx, done := context.WithTimeout(ctx, endsWithin)
	defer done()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		s, err := h.Store.Session(ctx, session)
		if err != nil {
			return fmt.Errorf("wait for a session to end: %w", err)
		}
		if s.State == group.Over {
			return nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for a session to end: %w", ctx.Err())
		}
	}
}
