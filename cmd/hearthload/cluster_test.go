package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hearth/cmd/hearthload/drive"
	"hearth/hub/journal/pgtest"
)

// TestCluster: one command gives a house of two nodes with links that open; the
// people of its room sit on both and hear each other; when the node of some ends they
// go on at the other; and a Ctrl+C leaves no process behind.
func TestCluster(t *testing.T) {
	if errors.Is(pgtest.Find(), pgtest.ErrNone) && os.Getenv("CI") == "" {
		t.Skip(pgtest.ErrNone)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	self := filepath.Join(t.TempDir(), "hearthload")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", self, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	listen, err := drive.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self, "cluster", "-listen", listen)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	said := bufio.NewScanner(pipe)
	page := ""
	for said.Scan() && !strings.Contains(said.Text(), "Ctrl+C") {
		page += said.Text() + "\n"
	}
	tokens := map[string]string{}
	for _, link := range regexp.MustCompile(`(?m)^  (\S+(?: \d)?) +(http\S+)/j#(\S+)$`).FindAllStringSubmatch(page, -1) {
		if link[2] != "http://"+listen {
			t.Errorf("a link leads to %s", link[2])
		}
		tokens[link[1]] = link[3]
	}
	pids := regexp.MustCompile(`kill (\d+)`).FindAllStringSubmatch(page, -1)
	if len(tokens) != 7 || len(pids) != 2 {
		t.Fatalf("it prints\n%s", page)
	}
	house := drive.NewHouse("http://" + listen)
	room, err := house.Fill(ctx, drive.Links{Lead: tokens["Lead"], Wellbeing: tokens["Wellbeing"], Personal: []string{tokens["Participant 1"], tokens["Participant 2"]}},
		drive.Plan{Participants: 2, Format: "queue"})
	if err != nil {
		t.Fatal(err)
	}
	defer room.Close()
	first := atoi(t, pids[0][1])
	if err := syscall.Kill(first, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	went := 0
	for _, m := range room.All() {
		if !goneSoon(ctx, m) {
			continue // it sits on the other node
		}
		went++
		for err := m.Connect(ctx, false); err != nil; err = m.Connect(ctx, false) {
			if ctx.Err() != nil {
				t.Fatalf("%s does not get back in: %v", m.Role, err)
			}
			drive.Wait(ctx, 50*time.Millisecond)
		}
	}
	if went != 2 {
		t.Errorf("%d of 4 people sat on the node that ended", went)
	}
	if err := room.People[1].TakeFloor(ctx); err != nil {
		t.Errorf("the meeting does not go on: %v", err)
	}
	room.Close()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for said.Scan() { // until it closes its output
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("Ctrl+C ends with %v", err)
	}
	for _, pid := range pids {
		if err := syscall.Kill(atoi(t, pid[1]), 0); err == nil {
			t.Errorf("node %s is still there", pid[1])
		}
	}
}

// goneSoon says whether a member's connection ends within the time of a drain.
func goneSoon(ctx context.Context, m *drive.Member) bool {
	ctx, cancel := context.WithTimeout(ctx, 6*time.Second)
	defer cancel()
	select {
	case <-m.Gone():
		return true
	case <-ctx.Done():
		return false
	}
}

func atoi(t *testing.T, digits string) int {
	t.Helper()
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
