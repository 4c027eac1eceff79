package power

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hex writes text as a trace does.
func hex(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}

// follow plays lines to a disk for the folder /d; what stands in {} is text.
func follow(t *testing.T, d *Disk, lines ...string) error {
	t.Helper()
	var trace strings.Builder
	for _, line := range lines {
		for {
			before, rest, is := strings.Cut(line, "{")
			if !is {
				break
			}
			text, after, _ := strings.Cut(rest, "}")
			line = before + hex(text) + after
		}
		trace.WriteString("17 " + line + "\n")
	}
	moments, err := Read(strings.NewReader(trace.String()))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range moments {
		if err := d.Follow(m); err != nil {
			return err
		}
	}
	return nil
}

// left lists what a cut leaves, path by path.
func left(t *testing.T, d *Disk, luck float64) map[string]string {
	t.Helper()
	to := t.TempDir()
	if err := d.Cut(to, luck, rand.New(rand.NewPCG(1, 2))); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	err := filepath.WalkDir(to, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			var b []byte
			b, err = os.ReadFile(path)
			found[strings.TrimPrefix(path, to)] = string(b)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

const makes = `openat(AT_FDCWD<{/}>, "{/d/a}", O_RDWR|O_CREAT, 0600) = 5<{/d/a}>`
const opensFolder = `openat(AT_FDCWD<{/}>, "{/d}", O_RDONLY|O_CLOEXEC) = 6<{/d}>`
const syncsFolder = `fsync(6<{/d}>) = 0`

// What a cut leaves: only what was synced for certain, and all of it with luck.
func TestCut(t *testing.T) {
	for name, c := range map[string]struct {
		lines         []string
		certain, luck string
		there         bool
	}{
		"synced":               {[]string{makes, opensFolder, syncsFolder, `pwrite64(5<{/d/a}>, "{one}", 3, 0) = 3`, `fsync(5<{/d/a}>) = 0`}, "one", "one", true},
		"written after":        {[]string{makes, opensFolder, syncsFolder, `pwrite64(5<{/d/a}>, "{one}", 3, 0) = 3`, `fdatasync(5<{/d/a}>) = 0`, `pwrite64(5<{/d/a}>, "{two}", 3, 3) = 3`}, "one", "onetwo", true},
		"only a part":          {[]string{makes, opensFolder, syncsFolder, `pwrite64(5<{/d/a}>, "{three}", 5, 0) = 2`, `fsync(5<{/d/a}>) = 0`}, "th", "th", true},
		"a sync that failed":   {[]string{makes, opensFolder, syncsFolder, `pwrite64(5<{/d/a}>, "{one}", 3, 0) = 3`, `fsync(5<{/d/a}>) = -1 EIO (Input/output error)`}, "", "one", true},
		"a sync under way":     {[]string{makes, opensFolder, syncsFolder, `pwrite64(5<{/d/a}>, "{one}", 3, 0) = 3`, `fsync(5<{/d/a}> <unfinished ...>`}, "", "one", true},
		"cut short":            {[]string{makes, opensFolder, syncsFolder, `pwrite64(5<{/d/a}>, "{one}", 3, 0) = 3`, `fsync(5<{/d/a}>) = 0`, `ftruncate(5<{/d/a}>, 1) = 0`}, "one", "o", true},
		"the name not":         {[]string{makes, `pwrite64(5<{/d/a}>, "{one}", 3, 0) = 3`, `fsync(5<{/d/a}>) = 0`}, "", "one", false},
		"one write on another": {[]string{makes, opensFolder, syncsFolder, `write(5<{/d/a}>, "{one}", 3) = 3`, `write(5<{/d/a}>, "{two}", 3) = 3`, `fsync(5<{/d/a}>) = 0`}, "onetwo", "onetwo", true},
	} {
		d := NewDisk("/d")
		if err := follow(t, d, c.lines...); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, there := left(t, d, 0)["/a"]
		if got != c.certain || there != c.there {
			t.Errorf("%s: %q is left (%v), want %q", name, got, there, c.certain)
		}
		if got := left(t, d, 1)["/a"]; got != c.luck {
			t.Errorf("%s: with luck %q is left, want %q", name, got, c.luck)
		}
	}
}

// A sync keeps what was written before it began, not what was written meanwhile;
// and nothing is known of it before it ends.
func TestSyncCoversWhatWasBefore(t *testing.T) {
	d := NewDisk("/d")
	var first, second *Change
	d.Wrote = func(c *Change) {
		if first == nil {
			first = c
			return
		}
		second = c
	}
	trace := strings.Join([]string{
		"1 " + strings.NewReplacer("{/}", hex("/"), "{/d/a}", hex("/d/a")).Replace(makes),
		`1 pwrite64(5<` + hex("/d/a") + `>, "` + hex("one") + `", 3, 0) = 3`,
		`1 fsync(5<` + hex("/d/a") + `> <unfinished ...>`,
		`2 pwrite64(5<` + hex("/d/a") + `>, "` + hex("two") + `", 3, 3) = 3`,
		`1 <... fsync resumed>) = 0`,
	}, "\n") + "\n"
	moments, err := Read(strings.NewReader(trace))
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range moments {
		if i == len(moments)-1 && first.Kept {
			t.Error("it is kept before the sync has ended")
		}
		if err := d.Follow(m); err != nil {
			t.Fatal(err)
		}
	}
	if !first.Kept || second.Kept {
		t.Errorf("the first is kept: %v, the second: %v", first.Kept, second.Kept)
	}
}

// A kill cuts a call off in the forms that strace has for it: nothing is known of
// its end, and what comes after it in the trace counts.
func TestKilledInACall(t *testing.T) {
	write := `pwrite64(5<{/d/a}>, "{one}", 3, 0) = 3`
	for _, end := range []string{
		`fsync(5<{/d/a}> <detached ...>`, `fsync(5<{/d/a}>) = ?`, `fsync(5<{/d/a}>) = ? <unavailable>`, `fsync(5<{/d/a}> <unfinished ...>`,
		"fsync(5<{/d/a}> <unfinished ...>\n17 <... fsync resumed> <unfinished ...>", "fsync(5<{/d/a}> <unfinished ...>\n17 <... fsync resumed> <detached ...>",
		`???() = ?`,
	} {
		d := NewDisk("/d")
		if err := follow(t, d, makes, opensFolder, syncsFolder, write, end, `pwrite64(5<{/d/a}>, "{two}", 3, 3) = 3`); err != nil {
			t.Errorf("%s: %v", end, err)
			continue
		}
		if kept, all := left(t, d, 0)["/a"], left(t, d, 1)["/a"]; kept != "" || all != "onetwo" {
			t.Errorf("%s: %q is left, and with luck %q", end, kept, all)
		}
	}
}

// Names: a second name, another name, none.
func TestNames(t *testing.T) {
	d := NewDisk("/d")
	err := follow(t, d, makes, `pwrite64(5<{/d/a}>, "{one}", 3, 0) = 3`, `fsync(5<{/d/a}>) = 0`,
		`linkat(AT_FDCWD<{/}>, "{/d/a}", AT_FDCWD<{/}>, "{/d/b}", 0) = 0`, `unlinkat(AT_FDCWD<{/}>, "{/d/a}", 0) = 0`,
		opensFolder, syncsFolder, `renameat(AT_FDCWD<{/}>, "{/d/b}", AT_FDCWD<{/}>, "{/d/c}") = 0`)
	if err != nil {
		t.Fatal(err)
	}
	if got := left(t, d, 0); len(got) != 1 || got["/b"] != "one" {
		t.Errorf("%v is left", got)
	}
	if got := left(t, d, 1); len(got) != 1 || got["/c"] != "one" {
		t.Errorf("with luck %v is left", got)
	}
}

// What goes out over a connection is told when it begins; a call that the disk
// does not know is an error, not a guess.
func TestSentAndUnknown(t *testing.T) {
	d := NewDisk("/d")
	var heard []string
	d.Sent = func(fd int, text []byte) { heard = append(heard, fmt.Sprint(fd, string(text))) }
	if err := follow(t, d, `write(9<{socket:[44]}>, "{hello}", 5 <unfinished ...>`); err != nil || len(heard) != 1 || heard[0] != "9hello" {
		t.Errorf("heard %q, %v", heard, err)
	}
	if err := follow(t, d, makes, `mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 5<{/d/a}>, 0) = 0x7f0000000000`); err == nil {
		t.Error("it knows what was written through a mapping")
	}
}
