package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A ban says that a package (and everything below it, where it ends in /...)
// must not import another, directly or through others, and why.
type ban struct{ from, to, why string }

var bans = []ban{
	{"hearth/charter/...", "hearth/room", "a charter is a text; it must be readable without a room"},
	{"hearth/charter/...", "hearth/hub", "a charter is a text; nothing below knows what is above"},
	{"hearth/charter/...", "net/http", "a charter does no I/O"},
	{"hearth/room/...", "hearth/hub", "the room decides; the hub carries. Turning it round ties the rules to sockets"},
	{"hearth/room/...", "github.com/coder/websocket", "privacy is tested without a socket"},
	{"hearth/room/...", "net/http", "the room does no I/O"},
	{"hearth/room/...", "database/sql", "the room does no I/O"},
	{"hearth/hub", "hearth/hub/journal", "the hub defines the journal it needs; cmd chooses the database"},
	{"hearth/hub", "hearth/hub/presence", "the hub defines the presence it needs; cmd chooses memory or Redis"},
	{"hearth/hub", "modernc.org/sqlite", "the live side must run on any journal"},
	{"hearth/hub", "github.com/jackc/pgx/v5", "the live side must run on any journal"},
	{"hearth/hub", "github.com/redis/go-redis/v9", "Redis is one kind of presence, never a need"},
	{"hearth/hub/journal", "hearth/hub", "adapters know the room's words, not the hub"},
	{"hearth/hub/presence", "hearth/hub", "adapters know the room's words, not the hub"},
	{"hearth/hub", "hearth/hub/relay", "the hub defines the relay it needs; cmd chooses memory or Redis"},
	{"hearth/hub/relay", "hearth/hub", "adapters carry bytes and know no hub"},
	{"hearth/hub/limit", "hearth/hub", "limits know networks, not rooms"},
	{"hearth/hub/remote", "hearth/hub", "Redis is dialled for whoever asks"},
	{"hearth/hub/relay", "hearth/room", "a relay carries bytes that it cannot read"},
	{"hearth/hub/replica", "hearth/hub", "copies of a room are kept alike without I/O, so that two nodes can be played through from a seed"},
	{"hearth/hub/replica", "github.com/redis/go-redis/v9", "the relay comes in as an interface"},
	{"hearth/hub/replica", "database/sql", "the journal comes in as an interface"},
	{"hearth/hub/fanout", "hearth/hub", "what goes out is encoded and numbered without knowing who decides it"},
	{"hearth/hub/fanout", "hearth/hub/replica", "frames know no other nodes"},
	{"hearth/hub/fanout", "hearth/room/group", "frames know seats, not who was given a link"},
	{"hearth/hub/runtime", "hearth/hub", "one room knows no other room; which there are is the hub's"},
	{"hearth/hub/runtime", "hearth/hub/journal", "a room defines the journal it needs; cmd chooses the database"},
	{"hearth/hub/runtime", "hearth/hub/presence", "a room defines the presence it needs; cmd chooses memory or Redis"},
	{"hearth/hub/runtime", "hearth/hub/relay", "a room defines the relay it needs; cmd chooses memory or Redis"},
	{"hearth/hub/fanout", "hearth/hub/runtime", "frames know no mailbox and no worker"},
	{"hearth/hub/replica", "hearth/hub/runtime", "a copy of a room is played through without sockets"},
	{"hearth/hub/cluster", "hearth/hub/runtime", "who is up is known without knowing what for"},
	{"hearth/hub/house", "hearth/hub/journal", "the house says what it keeps; cmd chooses the database"},
	{"hearth/hub", "hearth/hub/house", "rooms do not know who plans them"},
	{"hearth/hub/cluster", "hearth/hub", "who is up is known without knowing what for"},
	{"hearth/hub/cluster", "hearth/room", "nodes are counted without people"},
	{"hearth/hub/socket", "hearth/room", "a socket carries bytes and is tested without rooms"},
	{"hearth/static", "hearth/room", "the browser client is a leaf"},
	{"hearth/static", "hearth/hub", "the browser client is a leaf"},
	{"hearth/cmd/hearth", "testing", "test tools stay out of the binary"},
	{"hearth/cmd/hearth", "pgregory.net/rapid", "test tools stay out of the binary"},
}

type listed struct {
	ImportPath string
	Deps       []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Deps", "hearth/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// TestImportBans keeps the direction charter ← room ← hub ← cmd. A ban whose
// packages have gone fails too, so that the table cannot rot.
func TestImportBans(t *testing.T) {
	all := listPackages(t)
	for _, b := range bans {
		matched := 0
		for _, p := range all {
			base, below := strings.CutSuffix(b.from, "/...")
			if p.ImportPath != base && !(below && strings.HasPrefix(p.ImportPath, base+"/")) {
				continue
			}
			matched++
			if slices.Contains(p.Deps, b.to) {
				t.Errorf("%s imports %s: %s", p.ImportPath, b.to, b.why)
			}
		}
		if matched == 0 {
			t.Errorf("the ban on %s → %s matches no package", b.from, b.to)
		}
	}
}

// impure are packages that room and charter may not import outside tests, with
// what each would bring in.
var impure = map[string]string{
	"os": "files and environment", "net": "network", "io/ioutil": "files", "sync": "goroutines share nothing here",
	"sync/atomic": "goroutines share nothing here", "context": "nothing here waits", "math/rand": "chance comes in as data",
	"math/rand/v2": "chance comes in as data", "crypto/rand": "chance comes in as data", "log": "no output", "log/slog": "no output",
	"runtime": "no machine", "syscall": "no machine", "unsafe": "no machine",
}

// TestRoomAndCharterArePure: no clock, goroutine, channel, chance or I/O in
// room, charter and replica, so that the same commands at the same times always give
// the same room, on any node and in any replay.
func TestRoomAndCharterArePure(t *testing.T) {
	files := 0
	for _, root := range []string{"../../room", "../../charter", "../../hub/replica"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files++
			checkPure(t, path)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 10 {
		t.Fatalf("only %d files looked at: the test has lost its subject", files)
	}
}

func checkPure(t *testing.T, path string) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, imp := range f.Imports {
		name := strings.Trim(imp.Path.Value, `"`)
		if why, bad := impure[name]; bad {
			t.Errorf("%s imports %s: %s", path, name, why)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		what := ""
		switch n := n.(type) {
		case *ast.GoStmt:
			what = "go statement: a room has one thread of events"
		case *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
			what = "channel: a room waits for nobody"
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "NewTimer", "NewTicker", "Tick"}, n.Sel.Name) {
				what = "time." + n.Sel.Name + ": the time comes in as an argument"
			}
		}
		if what != "" {
			t.Errorf("%s: %s", fset.Position(n.Pos()), what)
		}
		return true
	})
}

// TestTopLevel: the top level is cmd, hub, room, charter and static, with
// documents and dot-files beside them.
func TestTopLevel(t *testing.T) {
	allowed := []string{"cmd", "hub", "room", "charter", "static", "docs", "go.mod", "go.sum", "Dockerfile", "Makefile", "README.md", "CHANGELOG.md", "LICENSE"}
	out, err := exec.Command("git", "-C", "../..", "ls-files").Output()
	if err != nil {
		t.Skip("not a git checkout")
	}
	for _, path := range strings.Fields(string(out)) {
		top, _, _ := strings.Cut(path, "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(allowed, top) {
			t.Errorf("%s: the top level is fixed; find its room", path)
		}
	}
}
