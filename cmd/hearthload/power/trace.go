// Package power plays a cut of the power to what a program wrote: it reads a
// trace of the program's system calls, keeps apart what a disk must hold from
// what it may have lost, and says what a cut leaves behind (F3).
package power

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// traced are the calls that change files or tell somebody something.
const traced = "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,sync_file_range,ftruncate,truncate,fallocate," +
	"rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,close,dup,dup2,dup3,mmap,copy_file_range,sendfile,sendto,sendmsg"

// Command is the command that runs a program and writes its trace into a file.
// The program is the process that is started; what traces it ends after it.
func Command(trace string, program ...string) []string {
	return append([]string{"strace", "-D", "-f", "--seccomp-bpf", "-qq", "-e", "signal=none", "-e", "trace=" + traced, "-xx", "-y", "-s", "4194304", "-o", trace}, program...)
}

// A Call is one system call of a trace.
type Call struct {
	Name   string
	Args   []string
	Result string // "" when the program ended in the middle of it
	covers int    // of a sync: how many changes had been made when it began
}

// A Moment is the beginning of a call or its end.
type Moment struct {
	Call *Call
	End  bool
}

// Read reads a trace: what began and what ended, in this order.
func Read(r io.Reader) ([]Moment, error) {
	var all []Moment
	open := map[string]*unfinished{} // by process
	lines := bufio.NewReaderSize(r, 1<<20)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return all, nil // a last line without an end was cut off
		}
		if err != nil {
			return nil, fmt.Errorf("read a trace: %w", err)
		}
		process, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		rest = strings.TrimLeft(rest, " ")
		begun, broken := withoutEnd(rest)
		if broken && strings.HasPrefix(begun, "<... ") {
			continue // killed at the end of the call: it stays without a result
		}
		if broken {
			u := &unfinished{text: begun, call: &Call{}}
			if err := u.call.parse(begun + ")"); err != nil {
				return nil, fmt.Errorf("line %d of a trace: %w", n, err)
			}
			open[process] = u
			all = append(all, Moment{u.call, false})
			continue
		}
		if strings.HasPrefix(rest, "<... ") {
			u := open[process]
			_, tail, is := strings.Cut(rest, " resumed>")
			if u == nil || !is {
				return nil, fmt.Errorf("line %d of a trace ends what never began", n)
			}
			delete(open, process)
			if err := u.call.parse(u.text + tail); err != nil {
				return nil, fmt.Errorf("line %d of a trace: %w", n, err)
			}
			all = append(all, Moment{u.call, true})
			continue
		}
		if strings.HasPrefix(rest, "+++") || strings.HasPrefix(rest, "---") {
			continue
		}
		c := &Call{}
		if err := c.parse(rest); err != nil {
			return nil, fmt.Errorf("line %d of a trace: %w", n, err)
		}
		all = append(all, Moment{c, false}, Moment{c, true})
	}
}

// withoutEnd cuts off what strace writes where a call has no end: it goes on in a
// later line, or its thread was killed in the middle of it.
func withoutEnd(line string) (begun string, is bool) {
	if begun, is = strings.CutSuffix(line, " <unfinished ...>"); is {
		return begun, true
	}
	return strings.CutSuffix(line, " <detached ...>")
}

type unfinished struct {
	text string
	call *Call
}

// parse reads "name(a, b) = result". Text is in hexadecimal digits (-xx), so
// nothing in it looks like a part of the line.
func (c *Call) parse(s string) error {
	name, rest, is := strings.Cut(s, "(")
	end := strings.LastIndex(rest, ")")
	if at := strings.LastIndex(rest, ") = "); at >= 0 {
		end = at
	} else if at := strings.LastIndex(rest, ")  = "); at >= 0 {
		end = at
	}
	if !is || end < 0 {
		return fmt.Errorf("%.80q is no call: it ends with %q", s, s[max(0, len(s)-40):])
	}
	c.Name, c.Args = name, strings.Split(rest[:end], ", ")
	_, result, _ := strings.Cut(rest[end:], "= ")
	c.Result, _, _ = strings.Cut(strings.TrimSpace(result), " ")
	return nil
}

func (c *Call) arg(i int) string {
	if i >= len(c.Args) {
		return ""
	}
	return c.Args[i]
}

// number is what a call returned; not ok if it failed or did not return.
func (c *Call) number() (n int64, ok bool) {
	digits, _, _ := strings.Cut(c.Result, "<")
	n, err := strconv.ParseInt(digits, 0, 64)
	return n, err == nil && n >= 0
}

// fd reads "7</a/path>": the number, and what it stands for.
func fd(arg string) (number int, what string) {
	digits, rest, _ := strings.Cut(arg, "<")
	number, err := strconv.Atoi(digits)
	if err != nil {
		return -1, string(unhex(strings.TrimSuffix(rest, ">")))
	}
	return number, string(unhex(strings.TrimSuffix(rest, ">")))
}

// quoted reads all text of an argument, "\x41\x42" and what follows.
func quoted(arg string) []byte {
	_, rest, _ := strings.Cut(arg, `"`)
	text, _, _ := strings.Cut(rest, `"`)
	return unhex(text)
}

// unhex reads \x41\x42; anything else stands for itself.
func unhex(s string) []byte {
	if !strings.HasPrefix(s, `\x`) {
		return []byte(s)
	}
	b := make([]byte, 0, len(s)/4)
	for i := 0; i+4 <= len(s); {
		if s[i] != '\\' || s[i+1] != 'x' {
			return append(b, s[i:]...)
		}
		b = append(b, digit(s[i+2])<<4|digit(s[i+3]))
		i += 4
	}
	return b
}

func digit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
