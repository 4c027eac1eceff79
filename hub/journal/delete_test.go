package journal

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hearth/charter"
	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
	"hearth/room/group"
)

// The words of a group that must be nowhere in the clear, and gone after deleting.
const (
	canaryName    = "canary-group-name"
	canaryContact = "canary-contact"
	canaryTitle   = "canary-title"
	canaryCharter = "canary-charter"
	canaryRecord  = "canary-record"
)

// canaryGroup keeps a group whose every text is a canary, with a session that is
// over.
func canaryGroup(t *testing.T, s aStore, id string) {
	t.Helper()
	ctx := t.Context()
	text := charter.Starter(charter.Mixed)
	text.Lines[0].Text = canaryCharter
	err := s.CreateGroup(ctx, group.Group{ID: id, Name: canaryName, Contact: canaryContact, Created: evening}, text)
	if err == nil {
		_, err = s.Adopt(ctx, id, text, evening)
	}
	if err == nil {
		err = s.CreateSession(ctx, group.Session{ID: id + " session", Group: id, Title: canaryTitle, Start: evening}, nil, nil)
	}
	if err == nil {
		err = s.Finish(ctx, id+" session", []byte(canaryRecord), evening)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func readsCanaries(t *testing.T, s aStore, id string) bool {
	t.Helper()
	g, err := s.Group(t.Context(), id)
	if errors.Is(err, kept.ErrNotFound) {
		return false
	}
	versions, err2 := s.Versions(t.Context(), id)
	sessions, err3 := s.Sessions(t.Context(), id)
	record, err4 := s.Record(t.Context(), id+" session")
	if err := errors.Join(err, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	return g.Name == canaryName && g.Contact == canaryContact && versions[0].Text.Lines[0].Text == canaryCharter &&
		sessions[0].Title == canaryTitle && string(record) == canaryRecord
}

// TestDeletedGroupIsInNoBackup: a group that was deleted is gone from the tables and,
// because its key is destroyed, from the backup of yesterday as well (U29, R10).
func TestDeletedGroupIsInNoBackup(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s := open(t, dir)
	canaryGroup(t, s, "gone")
	canaryGroup(t, s, "stays")
	yesterday := backedUp(t, dir, to, evening)
	for _, folderOf := range []string{dir, to} {
		absent(t, folderOf, "a text of a group in the clear", []byte("canary"))
	}
	if _, back := restored(t, yesterday.Path); !readsCanaries(t, back, "gone") {
		t.Error("the backup does not bring the group back; the test proves nothing")
	}
	if err := s.DeleteGroup(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	backedUp(t, dir, to, evening.Add(24*time.Hour))
	r, back := restored(t, yesterday.Path)
	if readsCanaries(t, back, "gone") || !readsCanaries(t, back, "stays") || r.Dropped != 1 {
		t.Errorf("yesterday's backup brings back %+v", r)
	}
	whole(t, back)
	if sessions, err := back.Sessions(t.Context(), "gone"); err != nil || len(sessions) != 0 {
		t.Errorf("%d sessions of it came back, %v", len(sessions), err)
	}
}

// TestDeletedGroupOnPostgres: the same with the tools of the database; and nothing of
// a group is in the server's folder in the clear.
func TestDeletedGroupOnPostgres(t *testing.T) {
	server := pgtest.Start(t)
	url, key, to := server.Database(t), newKeyFile(t, "1"), t.TempDir()
	p := openAt(t, url, key)
	canaryGroup(t, p, "gone")
	canaryGroup(t, p, "stays")
	query(t, url, "CHECKPOINT")
	absent(t, server.Folder(), "a text of a group in the clear", []byte("canary"))
	dump := filepath.Join(t.TempDir(), "yesterday")
	server.Tool(t, "pg_dump", "-Fc", "--exclude-table-data=session_keys", "--file="+dump, url)
	if err := p.DeleteGroup(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	if n, err := BackupKeys(t.Context(), p, to); err != nil || n != 1 {
		t.Fatalf("%d keys, %v", n, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	again := server.Database(t)
	server.Tool(t, "pg_restore", "--clean", "--if-exists", "--no-owner", "--dbname="+again, dump)
	r, err := RestoreKeys(t.Context(), again, key, to, evening)
	if err != nil || r.Dropped != 1 {
		t.Fatalf("restore: %+v, %v", r, err)
	}
	back := openAt(t, again, key)
	if readsCanaries(t, back, "gone") || !readsCanaries(t, back, "stays") {
		t.Error("yesterday's dump brings the group back, or loses another")
	}
}

// TestOldTextsAreSealed: the texts of groups from before there were keys of groups
// are sealed when the house is opened.
func TestOldTextsAreSealed(t *testing.T) {
	dir := t.TempDir()
	url, key := pgtest.Shared(t).Database(t), newKeyFile(t, "1")
	for name, opened := range map[string]func() aStore{
		"SQLite":     func() aStore { return open(t, dir) },
		"PostgreSQL": func() aStore { return openAt(t, url, key) },
	} {
		t.Run(name, func(t *testing.T) {
			s := opened()
			canaryGroup(t, s, "g")
			asBefore(t, s, "g")
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = opened()
			if !readsCanaries(t, s, "g") {
				t.Error("the texts cannot be read any more")
			}
			for what, text := range inTables(t, s) {
				if bytes.Contains([]byte(text), []byte("canary")) {
					t.Errorf("%s is in the clear: %s", what, text)
				}
			}
		})
	}
}

// asBefore writes a group's texts in the clear, as they were kept once.
func asBefore(t *testing.T, s aStore, id string) {
	t.Helper()
	seal, err := s.groupSeal(t.Context(), id, false)
	if err != nil {
		t.Fatal(err)
	}
	clear := func(place, text string) string {
		plain, err := seal.reveal(id, place, text)
		if err != nil {
			t.Fatal(err)
		}
		return plain
	}
	texts := inTables(t, s)
	err = s.write(context.WithoutCancel(t.Context()), func(tx *write) error {
		return errors.Join(
			tx.exec("UPDATE groups SET name = ?, contact = ?, draft = ?", clear(placeName, texts["name"]), clear(placeContact, texts["contact"]), clear(placeDraft, texts["draft"])),
			tx.exec("UPDATE versions SET body = ?", clear(placeVersion(1), texts["version"])),
			tx.exec("UPDATE sessions SET title = ?, record = ?", clear(placeTitle(id+" session"), texts["title"]), []byte(clear(placeRecord(id+" session"), texts["record"]))))
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(slices.Collect(maps.Values(inTables(t, s))), canaryName) {
		t.Fatal("nothing is in the clear; the test proves nothing")
	}
}

// inTables gives the texts of the one group as the tables hold them.
func inTables(t *testing.T, s aStore) map[string]string {
	t.Helper()
	var name, contact, draft, version, title string
	var record []byte
	err := s.write(t.Context(), func(tx *write) error {
		return tx.row("SELECT g.name, g.contact, g.draft, v.body, s.title, s.record FROM groups g JOIN versions v ON v.grp = g.id JOIN sessions s ON s.grp = g.id").
			Scan(&name, &contact, &draft, &version, &title, &record)
	})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"name": name, "contact": contact, "draft": draft, "version": version, "title": title, "record": string(record)}
}
