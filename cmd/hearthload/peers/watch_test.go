package peers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hearth/cmd/hearthload/drive"
)

// Each look must find what it is for in a history that is made up, and nothing
// in one that is as it should be.

func TestDoorFindings(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want string // part of what is found; empty for nothing
	}{
		"a snapshot of the lobby": {`{"t":"hello","v":1,"epoch":"e","seq":4,"me":{"seat":"a"},"room":null,"care":null}`, ""},
		"their own frame":         {`{"t":"set","to":"me","seq":5,"prev":4,"set":{"door":{}}}`, ""},
		"a line to them":          {`{"t":"words","to":"me","seq":6,"prev":5,"id":"w1","text":"welcome"}`, ""},
		"a snapshot of the room":  {`{"t":"hello","v":1,"epoch":"e","seq":4,"me":{"seat":"a"},"room":{"seats":[]},"care":null}`, "snapshot"},
		"a frame of the room":     {`{"t":"set","to":"room","seq":7,"prev":4,"set":{"door":"open"}}`, "frame 7"},
		"a frame of the care":     {`{"t":"set","to":"care","seq":8,"prev":4,"set":{}}`, "frame 8"},
		"words under a false name": {`{"t":"words","to":"me","seq":9,"prev":4,"id":"w2","text":"1763 and so on"}`,
			"words of the room"},
	} {
		d := &door{}
		d.hear(nil, drive.Head{}, []byte(c.line))
		got := strings.Join(d.findings(), "; ")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}

func TestRemovalFindings(t *testing.T) {
	whole := removal{closed: 20 * time.Millisecond, code: 4403, code2: 4401, link: 404}
	if got := whole.findings(); len(got) > 0 {
		t.Errorf("a removal that is as it should be: %v", got)
	}
	for name, spoil := range map[string]func(*removal){
		"never closed":       func(r *removal) { r.closed = 0 },
		"closed late":        func(r *removal) { r.closed = outIn + 1 },
		"closed otherwise":   func(r *removal) { r.code = 1000 },
		"frames went on":     func(r *removal) { r.lateFrames = 1 },
		"let in again":       func(r *removal) { r.cameBack = true },
		"its device is good": func(r *removal) { r.code2 = 0 },
		"its link is good":   func(r *removal) { r.link = 200 },
	} {
		r := whole
		spoil(&r)
		if len(r.findings()) != 1 {
			t.Errorf("%s: found %v", name, r.findings())
		}
	}
}

func TestFloorFindings(t *testing.T) {
	held := []string{"", `"a"`, `"a","b"`, `"b"`, `"b","c"`}
	back := []drive.Seen{{To: drive.RoomStream, Next: []byte(`"b","c"`)}, {Next: []byte(`"a"`)}, {To: drive.RoomStream, Next: []byte(`"b"`)}}
	for may, want := range map[bool]int{true: 0, false: 2} {
		if found, _ := floorFindings("somebody", back, held, "s", may); len(found) != want {
			t.Errorf("a snapshot of an earlier queue, allowed %v: found %v", may, found)
		}
	}
	for name, c := range map[string]struct {
		shown []string
		want  int
	}{
		"all of them":             {held, 0},
		"some of them":            {[]string{`"a","b"`, `"b","c"`}, 0},
		"with the speaker":        {[]string{`"s","a"`, `"s","a","b"`, `"b"`}, 0},
		"by another clock":        {[]string{`"a"`, `"b","a"`, `"b"`}, 1},
		"one that never was":      {[]string{`"c"`}, 1},
		"one that had gone":       {[]string{`"b"`, `"a"`}, 1},
		"one that is yet to be":   {[]string{`"b","c"`, `"b"`}, 1},
		"nothing after something": {[]string{`"a"`, ""}, 1},
	} {
		var seen []drive.Seen
		for i, next := range c.shown {
			seen = append(seen, drive.Seen{To: drive.RoomStream, Seq: int64(i), Next: []byte(next)})
		}
		found, looked := floorFindings("somebody", seen, held, "s", false)
		if len(found) != c.want || looked != len(c.shown) {
			t.Errorf("%s: looked at %d, found %v", name, looked, found)
		}
	}
}

func TestReportSaysWhatIsNotMet(t *testing.T) {
	r := &Report{}
	r.within("soon", time.Second, time.Second)
	r.none("nothing", 0)
	r.all("all", 3, 3)
	r.least("enough", 5, 5)
	r.near("near", -7, 3, "")
	if len(r.Unmet()) > 0 {
		t.Fatalf("not met: %v", r.Unmet())
	}
	r.Other = 1
	r.within("late", time.Second+1, time.Second)
	if len(r.Unmet()) != 1 || !r.Disturbed() {
		t.Errorf("a late time on a busy machine: %v, disturbed %v", r.Unmet(), r.Disturbed())
	}
	r.Other, r.Still.Longest = 0, mostStill+1
	if !r.Disturbed() {
		t.Error("a late time on a machine that stood still")
	}
	r.none("something", 1)
	r.all("not all", 2, 3)
	r.least("too few", 4, 5)
	r.near("far", 4, 3, "")
	if names := r.Unmet(); len(names) != 5 || r.Disturbed() {
		t.Errorf("not met: %v, disturbed %v", names, r.Disturbed())
	}
	marked := func(f Figure) bool { return strings.Contains(f.String(), "NOT MET") == f.OK }
	if slices.ContainsFunc(r.Figures, marked) {
		t.Errorf("figures that are marked wrongly: %v", r.Figures)
	}
}
