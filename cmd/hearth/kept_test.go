package main

import (
	"path/filepath"
	"testing"
	"time"

	"hearth/charter"
	"hearth/hub/journal"
	"hearth/room"
	"hearth/room/group"
)

// TestReasonsAreErasedAfter90Days: a removed person is told that the reason is kept
// for 90 days at most. That holds on the disk, and in a house in which nobody meets
// any more: a start is enough, or an hour.
func TestReasonsAreErasedAfter90Days(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	closed := map[string]time.Time{"old": time.Now().Add(-91 * 24 * time.Hour), "new": time.Now().Add(-89 * 24 * time.Hour)}
	s, err := journal.OpenSQLite(t.Context(), folder)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	must(s.CreateGroup(t.Context(), group.Group{ID: "g", Name: "Tuesday group", Created: closed["old"]}, charter.Text{}))
	for id, at := range closed {
		must(s.CreateSession(t.Context(), group.Session{ID: id, Group: "g", Title: id, Start: at, State: group.Scheduled, Plan: room.Plan{Session: id, Start: at, Seats: 2}}, nil, nil))
		must(s.Finish(t.Context(), id, []byte("{}"), at))
	}
	// Each at its own time, so that keeping the later one does not erase the other.
	for id := range closed {
		must(s.KeepReview(t.Context(), id, []byte(`[{"act":"removed","reason":"threat"}]`), closed["old"]))
	}
	must(s.Close())
	r := serveIn(t, folder)
	kept := func() (ids []string) {
		t.Helper()
		s, err := journal.OpenSQLite(t.Context(), folder)
		must(err)
		defer s.Close()
		all, err := s.Reviews(t.Context(), "g", closed["old"]) // whatever the list would not show any more is in it, too
		must(err)
		for _, one := range all {
			ids = append(ids, one.Session)
		}
		return ids
	}
	if code := r.stop(); code != 0 {
		t.Fatalf("stopped with %d", code)
	}
	if got := kept(); len(got) != 1 || got[0] != "new" {
		t.Errorf("kept on the disk: %v", got)
	}
}
