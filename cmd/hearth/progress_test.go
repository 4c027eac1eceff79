//go:build linux || darwin

package main

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestU32AColdBuildSaysHowFarItIs: with nothing built and nothing fetched, make
// run says within three seconds what it is doing and how far it is, and that
// later starts are quick; once.
func TestU32AColdBuildSaysHowFarItIs(t *testing.T) {
	modules, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	fetched := filepath.Join(strings.TrimSpace(string(modules)), "cache", "download")
	cmd := exec.Command("make", "-s", "-C", "../..", "build")
	// -modcacherw: what is fetched can be removed again by the test.
	cmd.Env = append(cmd.Environ(), "GOCACHE="+t.TempDir(), "GOMODCACHE="+t.TempDir(), "GOPROXY=file://"+fetched, "GONOSUMDB=*", "GOFLAGS=-modcacherw")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	var took time.Duration // until it was said how far it is
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	group := cmd.Process.Pid
	patience := time.AfterFunc(time.Minute, func() { _ = syscall.Kill(-group, syscall.SIGKILL) })
	defer patience.Stop()
	var said []string
	far := regexp.MustCompile(`[12] of 2: .* \d+`)
	building := regexp.MustCompile(`2 of 2: building, part \d+ of \d{3}`)
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		said = append(said, lines.Text())
		if took == 0 && far.MatchString(lines.Text()) {
			took = time.Since(began)
		}
		if building.MatchString(lines.Text()) {
			break
		}
	}
	_ = syscall.Kill(-group, syscall.SIGKILL)
	_ = cmd.Wait() // killed, as it should be
	all := strings.Join(said, "\n")
	if took > 3*time.Second {
		t.Errorf("nothing was said for %v", took)
	}
	if strings.Count(all, "later starts take seconds") != 1 || !strings.Contains(all, "1 of 2: fetching") || !building.MatchString(all) {
		t.Errorf("it says\n%s", all)
	}
}

// TestU32AWarmBuildIsQuiet: with everything built there is nothing to say. A machine
// that is busy with other tests may need longer than the second after which
// something is said; then it is tried once more.
func TestU32AWarmBuildIsQuiet(t *testing.T) {
	out := filepath.Join(t.TempDir(), "hearth")
	build := func() string {
		said, err := exec.Command("../../.ci/progress", out, "hearth/cmd/hearth").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		return string(said)
	}
	build()
	said := build()
	if said != "" {
		t.Logf("it says %s; once more", said)
		said = build()
	}
	if said != "" {
		t.Errorf("it says %s", said)
	}
}
