package drive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// clockTick is the kernel's USER_HZ, 100 on every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// RSS is the resident memory of a process in bytes (VmRSS).
func RSS(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory of the server: %w", err)
	}
	sc := bufio.NewScanner(bytes.NewReader(b))
	for sc.Scan() {
		if rest, ok := strings.CutPrefix(sc.Text(), "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("read the memory of the server: no VmRSS")
}

// CPU is the processor time a process has used, user and system together, in
// nanoseconds where the kernel keeps them per thread (schedstat; Go programs do
// not end their threads), else in hundredths of a second (stat).
func CPU(pid int) (time.Duration, error) {
	if d, err := threadTime(pid); err == nil && d > 0 {
		return d, nil
	}
	f, err := stat(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return ticks(f[11]) + ticks(f[12]), nil
}

// threadTime sums the time that each thread of a process was on a processor.
func threadTime(pid int) (sum time.Duration, err error) {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return 0, fmt.Errorf("list the threads of the server: %w", err)
	}
	for _, t := range threads {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, t.Name()))
		if err != nil {
			return 0, fmt.Errorf("read the CPU time of the server: %w", err)
		}
		first, _, _ := strings.Cut(string(b), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the CPU time of the server: %w", err)
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

// OnCPU runs fn with this thread, and so every process that fn starts, bound
// to one processor. Where there is no such processor it only runs fn.
func OnCPU(cpu int, fn func() error) error {
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return fn()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var one unix.CPUSet
	one.Set(cpu)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return fn()
	}
	err := fn()
	return errors.Join(err, unix.SchedSetaffinity(0, &all))
}

// Processors is how many processors this process may run on.
func Processors() int {
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return 1
	}
	return all.Count()
}

// StayOnCPU starts this program again, bound to one processor, and does not
// come back. The mark in the environment keeps it from doing so twice.
func StayOnCPU(cpu int, mark string) error {
	if os.Getenv(mark) != "" || Processors() < 2 {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	return OnCPU(cpu, func() error {
		return unix.Exec(self, os.Args, append(os.Environ(), mark+"=1"))
	})
}
