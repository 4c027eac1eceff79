package house_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hearth/charter"
	"hearth/hub"
	"hearth/hub/house"
	"hearth/hub/journal"
	"hearth/hub/presence"
	"hearth/room"
	"hearth/room/group"
)

// open starts a house on a folder, on the real store and the real live side.
func open(t *testing.T, folder string) (h *house.House, stop func()) {
	t.Helper()
	store, err := journal.OpenSQLite(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	rooms := hub.New(hub.Config{Journal: store, Store: store, Presence: presence.NewMemory()})
	if err := rooms.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &house.House{Store: store, Rooms: rooms, Public: "http://127.0.0.1"}, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		rooms.Drain(ctx)
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestSessionWithoutItsKeyCanBeEnded: nobody can open it any more, so the
// organiser is not left with a session that is live for ever.
func TestSessionWithoutItsKeyCanBeEnded(t *testing.T) {
	ctx, folder := t.Context(), t.TempDir()
	h, stop := open(t, folder)
	g, err := h.CreateGroup(ctx, house.GroupForm{Name: "Tuesday", Template: charter.Mixed, Policy: group.AskFirst, Contact: "Ann"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := h.Page(ctx, g.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Adopt(ctx, g.ID, page.Draft.Digest); err != nil {
		t.Fatal(err)
	}
	made, err := h.Schedule(ctx, g.ID, house.SessionForm{Title: "Tuesday", Start: time.Now(), Seats: 4, Participants: 1})
	if err != nil {
		t.Fatal(err)
	}
	seats, err := h.Store.Seats(ctx, made.Session.ID)
	if err != nil || len(seats) == 0 {
		t.Fatalf("%d seats, %v", len(seats), err)
	}
	// Somebody opens a link: now the session has a log, and a key.
	if err := h.Rooms.Arrive(ctx, seats[0]); err != nil {
		t.Fatal(err)
	}
	stop()
	keys, err := os.ReadDir(filepath.Join(folder, "keys"))
	if err != nil || len(keys) == 0 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for _, key := range keys { // damaged, not gone: a house without any key does not start
		if err := os.Truncate(filepath.Join(folder, "keys", key.Name()), 9); err != nil {
			t.Fatal(err)
		}
	}
	h, stop = open(t, folder)
	defer stop()
	if err := h.Rooms.Ensure(ctx, made.Session.ID); err == nil {
		t.Fatal("the room opens without its key: this test has lost its subject")
	}
	if err := h.End(ctx, made.Session.ID); err != nil {
		t.Fatalf("end it: %v", err)
	}
	s, err := h.Store.Session(ctx, made.Session.ID)
	if err != nil || s.State != group.Over {
		t.Errorf("the session is %v, %v", s.State, err)
	}
	if record, err := h.Record(ctx, made.Session.ID); err != nil || string(record) != "{}" {
		t.Errorf("its record is %s, %v", record, err)
	}
	var refusal *room.Refusal
	if err := h.End(ctx, made.Session.ID); !errors.As(err, &refusal) || refusal.Code != "over" {
		t.Errorf("ending it again: %v", err)
	}
}
