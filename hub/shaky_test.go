package hub_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"hearth/hub"
	"hearth/room/group"
)

// shakyStore does not find any session for the next few questions.
type shakyStore struct {
	hub.Store
	fails atomic.Int32
}

var errShaky = errors.New("the store is away for a moment")

func (s *shakyStore) Session(ctx context.Context, id string) (group.Session, error) {
	if s.fails.Add(-1) >= 0 {
		return group.Session{}, errShaky
	}
	return s.Store.Session(ctx, id)
}

// R9: a store that fails while a room is loaded, or while it is shown a new plan,
// costs that one try. The room can be loaded a moment later, and goes on being the
// room of its session.
func TestAStoreThatFailsOnceCostsOneTry(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.stop()
		shaky := &shakyStore{Store: h.store}
		h.over = shaky
		h.start(t)
		shaky.fails.Store(1)
		if err := h.hub.Ensure(context.Background(), session); !errors.Is(err, errShaky) {
			t.Fatalf("with a store that is away: %v", err)
		}
		h.must(h.hub.Ensure(context.Background(), session))
		wim := h.dial("wim")
		wim.hello()
		wim.ok("knock", `"name":"Wim"`, `"answer":"agree"`, `"digest":"`+h.digest+`"`)

		kept, err := h.store.Session(context.Background(), session)
		h.must(err)
		kept.Plan.Start = kept.Plan.Start.Add(time.Minute)
		shaky.fails.Store(1)
		h.must(h.hub.PlanChanged(context.Background(), kept))
		shaky.fails.Store(0)
		wim.ok("door", `"locked":true`)
		if !h.hub.SessionState(session).Live {
			t.Error("the room is not the session's any more")
		}
	})
}
