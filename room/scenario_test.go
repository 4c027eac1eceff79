package room

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write what happens into testdata instead of comparing with it")

// TestScenarios plays testdata/*.txt: lines that say who does what, then ----,
// then what must come of it, then an empty line. A line that begins with # is a
// remark. Events that only memory keeps begin with ~. After every line all
// screens must show what the room would show afresh, and the journal must give
// the same room again.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 30 {
		t.Fatalf("scenarios: %d found, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := (&scenario{t: t}).play(string(want))
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s: run with -update and read the difference\n%s", file, got)
			}
		})
	}
}

// scenario is one file being played.
type scenario struct {
	t   *testing.T
	w   *world
	out bytes.Buffer

	rules  Rules // for the next session
	seats  int
	record *vector
}

func (s *scenario) play(text string) []byte {
	var file bytes.Buffer
	expecting := false
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "#") && !expecting:
			file.WriteString(line + "\n")
		case line == "":
			expecting = false
			file.WriteString("\n")
		case line == "----":
			expecting = true
			file.WriteString(line + "\n" + s.out.String())
			s.out.Reset()
		case !expecting:
			file.WriteString(line + "\n")
			s.line(strings.Fields(line))
		}
	}
	return file.Bytes()
}

// line plays one line: a word of the stage, or a seat and what it does.
func (s *scenario) line(words []string) {
	stage := map[string]func([]string){
		"meeting": func(a []string) { s.w = s.opened().meet(Phase(a[0]), seatIDs(a[1:])...) },
		"lobby":   func(a []string) { s.w = s.opened(); s.w.enter("lea", "sam"); s.w.arrive(seatIDs(a)...) },
		"session": func([]string) { s.w = s.opened() },
		"nothing": func([]string) { s.w = newWorld(s.t) },
		"arrive":  s.arrive,
		"enter":   func(a []string) { s.w.enter(seatIDs(a)...) },
		"untimed": func([]string) { s.rules.TimersOff = true },
		"seats":   func(a []string) { s.seats, _ = strconv.Atoi(a[0]) },
		"lost":    func(a []string) { s.house(Lost{Seat: SeatID(a[0])}) },
		"back":    func(a []string) { s.house(Connected{Seat: SeatID(a[0])}) },
		"revoke":  func(a []string) { s.house(Revoke{Seat: SeatID(a[0])}) },
		"charter": func(a []string) { s.house(SetCharter{Charter: CharterRef{Number: 2, Digest: a[0]}}) },
		"replan":  s.replan,
		"shut":    func([]string) { s.house(Shut{}) },
		"restart": func([]string) { s.w.restart(); s.happened("") },
		"tick":    s.tick,
		"show":    s.show,
	}
	if play, ok := stage[words[0]]; ok {
		play(words[1:])
	} else {
		s.act(SeatID(words[0]), words[1], words[2:])
	}
	if s.w == nil {
		return
	}
	s.w.screensAgree()
	again := replay(s.t, s.w.journal, start.Add(99*time.Hour))
	if got, want := printed(s.t, again.Form), printed(s.t, s.w.s.Form); got != want {
		s.t.Fatalf("after %v, replay differs\n got %s\nwant %s", words, got, want)
	}
}

func (s *scenario) opened() *world {
	plan := testPlan()
	if s.seats > 0 {
		plan.Seats = s.seats
	}
	w := planned(s.t, plan, s.rules)
	w.record = s.record
	return w
}

// replan moves the session to so long after its first plan.
func (s *scenario) replan(a []string) {
	later, err := time.ParseDuration(a[0])
	if err != nil {
		s.t.Fatal(err)
	}
	plan := testPlan()
	plan.Start = plan.Start.Add(later)
	s.house(SetPlan{Plan: plan, Rules: s.rules})
}

// arrive says nothing unless the link is closed.
func (s *scenario) arrive(a []string) {
	for _, id := range seatIDs(a) {
		if no := s.w.do(House, Arrive{Seat: id, Role: testRole(id)}); no != nil {
			s.told(House, no)
			continue
		}
		s.w.must(House, Connected{Seat: id})
	}
}

func seatIDs(words []string) (ids []SeatID) {
	for _, w := range words {
		ids = append(ids, SeatID(w))
	}
	return ids
}

func (s *scenario) house(c Command) { s.told(House, s.w.do(House, c)) }

func (s *scenario) told(by SeatID, no *Refusal) {
	if no != nil {
		fmt.Fprintf(&s.out, "%s: no, %s. %s\n", orHouse(by), no.Code, no.Say)
		return
	}
	s.happened("")
	s.atOnce()
}

// atOnce fires what is due without any wait, as a hub would.
func (s *scenario) atOnce() {
	casts := s.w.casts
	for s.w.due() {
		s.w.fire()
		casts = append(casts, s.w.casts...)
		s.happened("at once: ")
	}
	s.w.casts = casts
}

func orHouse(id SeatID) SeatID {
	if id == House {
		return "house"
	}
	return id
}

func (s *scenario) happened(prefix string) {
	for _, e := range s.w.events {
		fmt.Fprintf(&s.out, "%s%s\n", prefix, described(e))
	}
}

// tick lets time go by; what happens is said with how long after.
func (s *scenario) tick(a []string) {
	d, err := time.ParseDuration(a[0])
	if err != nil {
		s.t.Fatal(err)
	}
	from := s.w.now
	for end := from.Add(d); ; {
		due, ok := s.w.s.Due()
		if !ok || due.After(end) {
			s.w.now = end
			return
		}
		if due.After(s.w.now) {
			s.w.now = due
		}
		s.w.fire()
		s.happened("after " + s.w.now.Sub(from).String() + ": ")
	}
}

// act reads a command the way a browser's would be read, its fields in order;
// words that name a yes-or-no field set it, and texts take the rest of the line.
func (s *scenario) act(by SeatID, verb string, args []string) {
	var claims SeatID
	args = slices.DeleteFunc(args, func(a string) bool {
		id, named := strings.CutPrefix(a, "claims=")
		if named {
			claims = SeatID(id)
		}
		return named
	})
	c, err := ReadCommand(verb, func(into any) error {
		v := reflect.ValueOf(into).Elem()
		if k, ok := into.(*Knock); ok {
			*k = s.w.knock(by)
		}
		for i := 0; i < v.NumField() && v.Kind() == reflect.Struct; i++ {
			args = s.field(v.Field(i), v.Type().Field(i), args)
		}
		if len(args) > 0 {
			return fmt.Errorf("too many words: %v", args)
		}
		return nil
	})
	if err != nil {
		s.t.Fatalf("%s %s: %v", by, verb, err)
	}
	switch hubs := c.(type) { // what the hub adds
	case Knock:
		hubs.Skeleton, hubs.Claims = skeleton(hubs.Name), claims
		c = hubs
	case Rename:
		hubs.Skeleton = skeleton(hubs.Name)
		c = hubs
	}
	s.told(by, s.w.do(by, c))
}

func skeleton(name string) string {
	return "name-" + strings.ToLower(strings.TrimPrefix(name, "Name-"))
}

func (s *scenario) field(f reflect.Value, t reflect.StructField, args []string) []string {
	name, _, _ := strings.Cut(t.Tag.Get("json"), ",")
	for i, a := range args {
		value, named := strings.CutPrefix(a, name+"=")
		if a != name && !named {
			continue
		}
		switch f.Kind() {
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Slice:
			f.Set(reflect.ValueOf([]Need{Need(value)}))
		case reflect.Int:
			n, _ := strconv.Atoi(value)
			f.SetInt(int64(n))
		default:
			f.SetString(value)
		}
		return append(args[:i:i], args[i+1:]...)
	}
	seat := f.Type() == reflect.TypeFor[SeatID]()
	switch {
	case len(args) == 0 || seat && s.w.s.Status(SeatID(args[0])) == "" && args[0] != "nobody" || name != "text" && strings.Contains(args[0], "=") || f.Kind() == reflect.Bool || f.Kind() == reflect.Slice || f.String() != "" && f.Kind() == reflect.String:
	case name == "text":
		f.SetString(strings.Join(args, " "))
		return nil
	case f.Kind() == reflect.Int:
		n, err := strconv.Atoi(args[0])
		if err == nil {
			f.SetInt(int64(n))
			return args[1:]
		}
	case name != "-":
		f.SetString(args[0])
		return args[1:]
	}
	return args
}

// show prints a section of what somebody sees: room NAME, care NAME, me SEAT
// NAME, or hears SEAT for words.
func (s *scenario) show(a []string) {
	switch a[0] {
	case "hears":
		if len(s.w.heard[SeatID(a[1])]) == 0 {
			fmt.Fprintf(&s.out, "%s hears nothing\n", a[1])
		}
		for _, w := range s.w.heard[SeatID(a[1])] {
			fmt.Fprintf(&s.out, "%s hears %s (%s): %s\n", a[1], w.Seat, w.Kind, w.Text)
		}
	case "casts":
		for _, c := range s.w.casts {
			for _, h := range c.On {
				b := strings.TrimSpace(h.Kind + " " + strings.Join([]string{string(h.Seat), h.Name, h.Principle, h.Value}, " "))
				if h.Was != "" {
					b += " after " + string(h.Was)
				}
				fmt.Fprintf(&s.out, "%s learns: %s\n", named(c.To), strings.Join(strings.Fields(b), " "))
			}
		}
	case "audible":
		fmt.Fprintf(&s.out, "audible: %s\n", people(s.w.s.Audible()))
	case "effects":
		for _, told := range s.w.outside.told {
			fmt.Fprintf(&s.out, "outside: %s\n", told)
		}
		s.w.outside.told = nil
	case "me":
		s.section(a[1]+"'s "+a[2], *show(meSections, s.w.s, SeatID(a[1])), a[2])
	case "care":
		s.section(a[1], *show(careSections, s.w.s, House), a[1])
	default:
		s.section(a[0], *show(roomSections, s.w.s, House), a[0])
	}
}

// named is how a scenario names an audience: its seat, or else its kind.
func named(a Audience) string {
	if a.Seat != House {
		return string(a.Seat)
	}
	return a.Kind.Stream()
}

func (s *scenario) section(title string, view any, name string) {
	value, ok := sectionsOf(s.t, view)[name]
	if !ok {
		s.t.Fatalf("no section %q", name)
	}
	var v any
	if err := json.Unmarshal(value, &v); err != nil {
		s.t.Fatal(err)
	}
	fmt.Fprintf(&s.out, "%s: %s\n", title, plainly(v))
}
