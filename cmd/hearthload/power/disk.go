package power

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Disk is a folder on a disk that keeps only what was synced. It follows a
// trace from the start of the program, when the folder was empty or not there.
type Disk struct {
	// Wrote, when set, is told of each change of a file's content.
	Wrote func(c *Change)
	// Sent, when set, is told what the program begins to send over a connection,
	// whose descriptor is fd.
	Sent func(fd int, text []byte)

	dir   string
	files []*file
	open  map[int]*descriptor
	names map[string]int // as the program sees them now
	kept  map[string]int // as the disk keeps them
	moved []*Change      // of names, not kept for certain
	done  int            // changes made so far
}

// A Change is something that was done to a file, or to the name of one.
type Change struct {
	Path string
	Text []byte // written
	Kept bool   // for certain: a sync that began after it has ended

	at     int64 // where text was written
	size   int64 // cut to, -1 for a change of a name
	grow   bool  // the size is only ever made larger
	file   int
	number int
}

// A descriptor is where a program reads or writes in a file.
type descriptor struct {
	file    int
	at      int64
	appends bool
}

type file struct {
	folder bool
	path   string
	kept   []byte
	loose  []*Change // not kept for certain, in order
}

// noFile is what stands where a name was removed.
const noFile = -1

// NewDisk is a disk on which the folder dir will be.
func NewDisk(dir string) *Disk {
	return &Disk{
		dir: dir, files: []*file{{folder: true, path: dir}}, open: map[int]*descriptor{},
		names: map[string]int{dir: 0}, kept: map[string]int{dir: 0},
	}
}

// Follow takes the next moment of a trace. An error says that the program did
// what this disk does not know.
func (d *Disk) Follow(m Moment) error {
	if m.End {
		return d.end(m.Call)
	}
	c := m.Call
	switch c.Name {
	case "close":
		n, _ := fd(c.arg(0))
		delete(d.open, n)
	case "fsync", "fdatasync":
		c.covers = d.done
	case "write", "writev", "sendto", "sendmsg":
		n, what := fd(c.arg(0))
		if d.Sent != nil && strings.HasPrefix(what, "socket:") {
			for _, arg := range c.Args[1:] {
				if text := quoted(arg); len(text) > 0 {
					d.Sent(n, text)
				}
			}
		}
	}
	return nil
}

func (d *Disk) end(c *Call) error {
	n, ok := c.number()
	if !ok {
		return nil
	}
	switch c.Name {
	case "open", "creat":
		d.opened(int(n), string(quoted(c.arg(0))), c)
	case "openat":
		d.opened(int(n), string(quoted(c.arg(1))), c)
	case "fsync", "fdatasync":
		if f, is := d.of(c.arg(0)); is {
			d.sync(f, c.covers)
		}
	case "mkdir":
		d.folder(string(quoted(c.arg(0))))
	case "mkdirat":
		d.folder(string(quoted(c.arg(1))))
	case "unlink", "rmdir":
		d.name(string(quoted(c.arg(0))), noFile)
	case "unlinkat":
		d.name(string(quoted(c.arg(1))), noFile)
	case "linkat", "renameat", "renameat2":
		d.again(string(quoted(c.arg(1))), string(quoted(c.arg(3))), c.Name != "linkat")
	case "link", "rename":
		d.again(string(quoted(c.arg(0))), string(quoted(c.arg(1))), c.Name == "rename")
	default:
		return d.content(c, n)
	}
	return nil
}

// content takes a call that changes what is in a file.
func (d *Disk) content(c *Call, n int64) error {
	f, is := d.of(c.arg(0))
	switch c.Name {
	case "close":
		return nil
	case "mmap":
		f, is = d.of(c.arg(4))
		is = is && strings.Contains(c.arg(2), "PROT_WRITE") && strings.Contains(c.arg(3), "MAP_SHARED")
	case "copy_file_range":
		f, is = d.of(c.arg(2))
	case "truncate":
		f, is = d.names[string(quoted(c.arg(0)))]
	}
	if !is || passing(d.files[f].path) {
		return nil
	}
	switch c.Name {
	case "write":
		number, _ := fd(c.arg(0))
		from := d.open[number]
		if from.appends {
			from.at = int64(len(d.now(f)))
		}
		if text := quoted(c.arg(1)); int64(len(text)) >= n {
			d.change(f, &Change{Text: text[:n], at: from.at})
			from.at += n
			return nil
		}
	case "pwrite64":
		at, err := strconv.ParseInt(c.arg(3), 10, 64)
		if text := quoted(c.arg(1)); err == nil && int64(len(text)) >= n {
			d.change(f, &Change{Text: text[:n], at: at})
			return nil
		}
	case "ftruncate", "truncate":
		if size, err := strconv.ParseInt(c.arg(1), 10, 64); err == nil {
			d.change(f, &Change{size: size})
			return nil
		}
	case "fallocate":
		at, err1 := strconv.ParseInt(c.arg(2), 10, 64)
		size, err2 := strconv.ParseInt(c.arg(3), 10, 64)
		if c.arg(1) == "0" && err1 == nil && err2 == nil {
			d.change(f, &Change{size: at + size, grow: true})
			return nil
		}
	}
	return fmt.Errorf("the disk does not know %s on %s", c.Name, d.files[f].path)
}

// of is the file that a descriptor stands for, when it is in the folder.
func (d *Disk) of(arg string) (int, bool) {
	n, _ := fd(arg)
	if at, is := d.open[n]; is {
		return at.file, true
	}
	return noFile, false
}

// passing says that a file is made anew at each start.
func passing(path string) bool { return strings.HasSuffix(path, "-shm") }

func (d *Disk) opened(n int, path string, c *Call) {
	delete(d.open, n)
	if !d.holds(path) {
		return
	}
	f, is := d.names[path]
	if !is || f == noFile {
		f = len(d.files)
		d.files = append(d.files, &file{path: path})
		d.name(path, f)
	}
	how := strings.Join(c.Args, " ")
	d.open[n] = &descriptor{file: f, appends: strings.Contains(how, "O_APPEND")}
	if strings.Contains(how, "O_TRUNC") || c.Name == "creat" {
		d.change(f, &Change{})
	}
}

func (d *Disk) folder(path string) {
	if path == d.dir || !d.holds(path) {
		return
	}
	d.files = append(d.files, &file{folder: true, path: path})
	d.name(path, len(d.files)-1)
}

// again gives a file a second name, or another.
func (d *Disk) again(from, to string, moves bool) {
	f, is := d.names[from]
	if !is {
		return
	}
	d.name(to, f)
	if moves {
		d.name(from, noFile)
	}
}

// holds says that a path is that of the folder, or of something in it.
func (d *Disk) holds(path string) bool { return path == d.dir || strings.HasPrefix(path, d.dir+"/") }

// name notes that a path leads to a file.
func (d *Disk) name(path string, f int) {
	if !d.holds(path) {
		return
	}
	d.names[path] = f
	d.done++
	d.moved = append(d.moved, &Change{Path: path, size: -1, file: f, number: d.done})
}

func (d *Disk) change(f int, c *Change) {
	d.done++
	c.Path, c.file, c.number = d.files[f].path, f, d.done
	d.files[f].loose = append(d.files[f].loose, c)
	if d.Wrote != nil {
		d.Wrote(c)
	}
}

// sync keeps what had been done to a file, or to the names in a folder, when a
// sync began.
func (d *Disk) sync(f, covers int) {
	was := d.files[f]
	was.loose = slices.DeleteFunc(was.loose, func(c *Change) bool {
		if c.number > covers {
			return false
		}
		was.kept, c.Kept = c.on(was.kept), true
		return true
	})
	d.moved = slices.DeleteFunc(d.moved, func(c *Change) bool {
		if c.number > covers || filepath.Dir(c.Path) != was.path {
			return false
		}
		d.kept[c.Path] = c.file
		return true
	})
}

// on is content after a change.
func (c *Change) on(b []byte) []byte {
	if c.Text == nil {
		if c.grow && c.size <= int64(len(b)) {
			return b
		}
		return sized(b, c.size)
	}
	if end := c.at + int64(len(c.Text)); end > int64(len(b)) {
		b = sized(b, end)
	}
	copy(b[c.at:], c.Text)
	return b
}

func sized(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

// now is a file as the program sees it.
func (d *Disk) now(f int) []byte {
	b := slices.Clone(d.files[f].kept)
	for _, c := range d.files[f].loose {
		b = c.on(b)
	}
	return b
}

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// Cut puts into the folder to what is left when the power goes now. Of what was
// not synced each sector stays with the probability luck, and of changes of
// names the first ones.
func (d *Disk) Cut(to string, luck float64, rng *rand.Rand) error {
	names := make(map[string]int, len(d.kept))
	for path, f := range d.kept {
		names[path] = f
	}
	for _, c := range d.moved {
		if rng.Float64() >= luck {
			break
		}
		names[c.Path] = c.file
	}
	for _, path := range sorted(names) { // folders before what is in them
		f := names[path]
		if _, there := names[filepath.Dir(path)]; f == noFile || path != d.dir && (!there || names[filepath.Dir(path)] == noFile) || passing(path) {
			continue
		}
		at := filepath.Join(to, strings.TrimPrefix(path, d.dir))
		if d.files[f].folder {
			if err := os.MkdirAll(at, 0o700); err != nil {
				return fmt.Errorf("lay out what a cut leaves: %w", err)
			}
			continue
		}
		if err := os.WriteFile(at, d.files[f].left(luck, rng), 0o600); err != nil {
			return fmt.Errorf("lay out what a cut leaves: %w", err)
		}
	}
	return nil
}

func sorted(names map[string]int) []string {
	all := make([]string, 0, len(names))
	for path := range names {
		all = append(all, path)
	}
	slices.Sort(all)
	return all
}

// left is what a cut leaves of a file.
func (f *file) left(luck float64, rng *rand.Rand) []byte {
	b := slices.Clone(f.kept)
	for _, c := range f.loose {
		if c.Text == nil {
			if rng.Float64() < luck {
				b = c.on(b)
			}
			continue
		}
		for from := int64(0); from < int64(len(c.Text)); {
			next := min(int64(len(c.Text)), (c.at+from)/sector*sector+sector-c.at)
			if rng.Float64() < luck {
				part := Change{Text: c.Text[from:next], at: c.at + from}
				b = part.on(b)
			}
			from = next
		}
	}
	return b
}
