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
	"hearth/hub/freeport"
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
	c := startCluster(ctx, t)
	room, err := drive.NewHouse("http://"+c.listen).Fill(ctx, drive.Links{
		Lead: c.tokens["Lead"], Wellbeing: c.tokens["Wellbeing"], Personal: []string{c.tokens["Participant 1"], c.tokens["Participant 2"]},
	}, drive.Plan{Participants: 2, Format: "queue"})
	if err != nil {
		t.Fatal(err)
	}
	defer room.Close()
	if err := syscall.Kill(c.pids[0], syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if went := comeBack(ctx, t, room); went != 2 {
		t.Errorf("%d of 4 people sat on the node that ended", went)
	}
	if err := room.People[1].TakeFloor(ctx); err != nil {
		t.Errorf("the meeting does not go on: %v", err)
	}
	room.Close()
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for c.said.Scan() { // until it closes its output
	}
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("Ctrl+C ends with %v", err)
	}
	for _, pid := range c.pids {
		if err := syscall.Kill(pid, 0); err == nil {
			t.Errorf("node %d is still there", pid)
		}
	}
}

// running is the command under way, and what it printed.
type running struct {
	cmd    *exec.Cmd
	said   *bufio.Scanner
	listen string
	tokens map[string]string // of the links, by name
	pids   []int             // of the nodes
}

func startCluster(ctx context.Context, t *testing.T) running {
	t.Helper()
	self := filepath.Join(t.TempDir(), "hearthload")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", self, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	listen, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	c := running{cmd: exec.CommandContext(ctx, self, "cluster", "-listen", listen), listen: listen, tokens: map[string]string{}}
	c.cmd.Stderr = os.Stderr
	pipe, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	c.said = bufio.NewScanner(pipe)
	page := ""
	for c.said.Scan() && !strings.Contains(c.said.Text(), "Ctrl+C") {
		page += c.said.Text() + "\n"
	}
	for _, link := range regexp.MustCompile(`(?m)^  (\S+(?: \d)?) +(http\S+)/j#(\S+)$`).FindAllStringSubmatch(page, -1) {
		if link[2] != "http://"+listen {
			t.Errorf("a link leads to %s", link[2])
		}
		c.tokens[link[1]] = link[3]
	}
	for _, kill := range regexp.MustCompile(`kill (\d+)`).FindAllStringSubmatch(page, -1) {
		c.pids = append(c.pids, atoi(t, kill[1]))
	}
	if len(c.tokens) != 7 || len(c.pids) != 2 {
		t.Fatalf("it prints\n%s", page)
	}
	return c
}

// comeBack connects whoever was cut off anew, and gives their number.
func comeBack(ctx context.Context, t *testing.T, room *drive.Room) (went int) {
	t.Helper()
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
	return went
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
