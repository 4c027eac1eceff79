package house_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"hearth/charter"
	"hearth/hub/house"
	"hearth/room/group"
)

// aSmallDisk is a folder on a disk of 64 MiB of its own.
func aSmallDisk(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("making a disk needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m,mode=0700"); err != nil {
		t.Skipf("a disk cannot be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill writes until nothing more goes onto the disk.
func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(bytes.Repeat([]byte{1}, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

// fiveUnderWay plans five sessions of one group and opens their rooms.
func fiveUnderWay(t *testing.T, h *house.House) (sessions []string) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	g, err := h.CreateGroup(ctx, house.GroupForm{Name: "Tuesday", Template: charter.Mixed, Policy: group.AskFirst, Contact: "Ann"})
	must(err)
	page, err := h.Page(ctx, g.ID)
	must(err)
	_, err = h.Adopt(ctx, g.ID, page.Draft.Digest)
	must(err)
	for range 5 {
		made, err := h.Schedule(ctx, g.ID, house.SessionForm{Title: "Tuesday", Start: time.Now(), Seats: 4, Participants: 1})
		must(err)
		must(h.Rooms.Ensure(ctx, made.Session.ID))
		sessions = append(sessions, made.Session.ID)
	}
	return sessions
}

// TestSessionEndsOnAFullDisk is S11 and F10: with nothing left on the disk nobody
// new is let in, and the sessions under way can be ended all the same; when there
// is room again it is kept aside again.
func TestSessionEndsOnAFullDisk(t *testing.T) {
	disk := aSmallDisk(t)
	dir := filepath.Join(disk, "data")
	ctx := t.Context()
	h, stop := open(t, dir)
	defer func() { stop() }()
	sessions := fiveUnderWay(t, h)
	reserve := filepath.Join(dir, "reserve")
	if info, err := os.Stat(reserve); err != nil || info.Size() != 16<<20 {
		t.Fatalf("the reserve: %v", err)
	}
	fill(t, disk)
	full := false
	for range 1000 { // the log of the database has some room of its own
		if _, err := h.CreateGroup(ctx, house.GroupForm{Name: "One more", Template: charter.Mixed, Policy: group.AskFirst, Contact: "Ann"}); err != nil {
			full = true
			break
		}
	}
	if !full {
		t.Fatal("the disk is not full: this test has lost its subject")
	}
	for _, session := range sessions {
		if err := h.End(ctx, session); err != nil {
			t.Errorf("end a session on a full disk: %v", err)
		}
	}
	for _, session := range sessions {
		eventually(t, func() bool {
			s, err := h.Store.Session(ctx, session)
			return err == nil && s.State == group.Over
		})
	}
	eventually(t, func() bool { // a key is destroyed after the end of its session is on the disk
		keys, err := os.ReadDir(filepath.Join(dir, "keys"))
		return err == nil && len(keys) == 1 // the key of the group
	})
	stop()
	if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
		t.Fatal(err)
	}
	h, stop = open(t, dir)
	if info, err := os.Stat(reserve); err != nil || info.Size() != 16<<20 {
		t.Errorf("the reserve when there is room again: %v", err)
	}
}

func eventually(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); <-time.After(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Error("it did not come to be so within ten seconds")
}
