package room

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestUnknownRoleCanDoNothing is S14: whatever a role is called that this room
// does not know, it comes in nowhere and nothing it asks has an effect, at the
// door, inside, and when its row comes from the journal of a newer hearth.
func TestUnknownRoleCanDoNothing(t *testing.T) {
	for _, role := range []Role{"", "supervisor", "organiser", "Lead", "LEAD", "lead ", "observer", "participant\x00"} {
		w := opened(t, Rules{})
		if _, no := w.s.Decide(w.now, House, Arrive{Seat: "sue", Role: role}); no == nil {
			t.Errorf("a %q arrives", role)
		}
		for _, journalled := range []bool{false, true} {
			if journalled {
				w.s.Apply(w.now, Arrived{Seat: "sue", Role: role})
				w.s.Apply(w.now, Entered{Seat: "sue", At: millis(w.now)})
				w.s.Apply(w.now, RolesSet{Lead: "sue", Wellbeing: "sue"})
			}
			for _, verb := range Verbs() {
				cmd, err := ReadCommand(verb, func(into any) error {
					return json.Unmarshal([]byte(`{"name":"Sue","answer":"agree","digest":"d1","seat":"sue","text":"words","to":"","format":"open","locked":true}`), into)
				})
				if err != nil {
					continue
				}
				if knock, is := cmd.(Knock); is {
					knock.Role, knock.Skeleton = role, "sue"
					cmd = knock
				}
				if events, no := w.s.Decide(w.now, "sue", cmd); no == nil {
					t.Errorf("%q may %s (journalled %v): %d events", role, verb, journalled, len(events))
				}
			}
			if w.s.byLink("sue") || w.s.wantsTurns("sue") || w.s.canView("sue") != (CanView{}) {
				t.Errorf("%q is given tools, turns or buttons", role)
			}
		}
	}
}

// TestNoRoleIsAllowedByNotBeingAnother: what a role may do is read from the table,
// for `!= Trainee` would allow every role that comes later.
func TestNoRoleIsAllowedByNotBeingAnother(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatal("no files to read", err)
	}
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			cmp, is := n.(*ast.BinaryExpr)
			if is && cmp.Op == token.NEQ && (isRole(cmp.X) || isRole(cmp.Y)) {
				t.Errorf("%s: what a role may do is in the table roles", set.Position(cmp.Pos()))
			}
			return true
		})
	}
}

func isRole(e ast.Expr) bool {
	name, is := e.(*ast.Ident)
	return is && slices.Contains([]string{"Participant", "Lead", "Wellbeing", "Trainee"}, name.Name)
}
