package freeport

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// A port that was given is given to nobody else, though nobody listens on it yet: two
// suites that start servers at the same time once met on one.
func TestAPortIsGivenOnce(t *testing.T) {
	const ours = first + count + 77
	if text := os.Getenv("HEARTH_TEST_PORT"); text != "" { // the other process
		port, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = pick(port, 1)
		fmt.Printf("picked: %v\n", err == nil)
		return
	}
	elsewhere := func() string {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAPortIsGivenOnce$")
		cmd.Env = append(os.Environ(), "HEARTH_TEST_PORT="+strconv.Itoa(ours))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	if out := elsewhere(); !strings.Contains(out, "picked: true") {
		t.Fatalf("nobody has it, and another process cannot pick it:\n%s", out)
	}
	if _, err := pick(ours, 1); err != nil {
		t.Fatal(err) // the other process has ended
	}
	if out := elsewhere(); !strings.Contains(out, "picked: false") {
		t.Errorf("another process picked it too:\n%s", out)
	}
	if port, err := pick(ours, 1); err == nil {
		t.Errorf("%d was given twice", port)
	}
}

// A process keeps so many ports, and lets the oldest go.
func TestOldClaimsAreLetGo(t *testing.T) {
	const from = first + count + 1000
	for i := range mostClaims + 1 {
		if mine, err := claim(from + i); !mine || err != nil {
			t.Fatalf("claim %d: %v, %v", i, mine, err)
		}
	}
	if mine, err := claim(from); !mine || err != nil {
		t.Errorf("the oldest claim was not let go: %v, %v", mine, err)
	}
	if mine, _ := claim(from + mostClaims); mine {
		t.Error("the newest claim was let go")
	}
}
