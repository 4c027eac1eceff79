//go:build failpoint

package fail

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// Built says whether failpoints are compiled in.
const Built = true

var (
	place, at = armed(os.Getenv("HEARTH_FAILPOINT"))
	passed    atomic.Int64
	bug       = os.Getenv("HEARTH_BUG")
)

// armed reads "name:n"; a bare name means its first passing.
func armed(setting string) (string, int64) {
	name, count, found := strings.Cut(setting, ":")
	if !found {
		return name, 1
	}
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n < 1 {
		panic("fail: HEARTH_FAILPOINT is name:n with n from 1 up")
	}
	return name, n
}

// Point kills the process, without any clean-up, when this is the place that
// HEARTH_FAILPOINT names and it is passed for the n-th time.
func Point(name string) {
	if name != place || passed.Add(1) != at {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way; nothing after this place may happen
}

// Bug says whether HEARTH_BUG names this seeded bug.
func Bug(name string) bool { return name == bug }

// Panic panics when HEARTH_FAILPOINT is panic-in-room and a command's id begins
// with this place.
func Panic(where, id string) {
	if place == PanicInRoom && strings.HasPrefix(id, where) {
		panic("fail: " + where)
	}
}
