package drive

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Work is the processor time of the machine up to a moment, and of it what belongs
// to this process and to everything that it started: nodes, databases, Redis.
type Work struct{ all, own time.Duration }

// Spent reads the work up to now.
func Spent() Work {
	w := Work{own: family(os.Getpid())}
	b, _ := os.ReadFile("/proc/stat")
	line, _, _ := bytes.Cut(b, []byte{'\n'})
	for i, v := range strings.Fields(string(line)) {
		if i == 0 || i == 4 || i == 5 || i > 8 { // the name, idle, waiting for a disk, guests (counted in user)
			continue
		}
		w.all += ticks(v)
	}
	return w
}

// Others is how many processors were taken since then by neither this process nor
// what it started.
func (w Work) Others(took time.Duration) float64 {
	now := Spent()
	return ((now.all - w.all) - (now.own - w.own)).Seconds() / took.Seconds()
}

// family is the processor time of a process and all that came from it, also of
// those that have ended and were waited for.
func family(root int) (sum time.Duration) {
	children, own := map[int][]int{}, map[int]time.Duration{}
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range paths {
		f, err := stat(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		parent, _ := strconv.Atoi(f[1])
		children[parent] = append(children[parent], pid)
		for _, v := range f[11:15] { // in the program, in the kernel, and both of the children that were waited for
			own[pid] += ticks(v)
		}
	}
	for all := []int{root}; len(all) > 0; all = all[1:] {
		sum += own[all[0]]
		all = append(all, children[all[0]]...)
	}
	return sum
}

// stat gives the fields of a /proc/<pid>/stat after the name (proc(5)).
func stat(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the figures of a process: %w", err)
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 15 {
		return nil, fmt.Errorf("read the figures of a process: %s is short", path)
	}
	return f, nil
}

func ticks(v string) time.Duration {
	n, _ := strconv.ParseInt(v, 10, 64)
	return time.Duration(n) * clockTick
}
