package room

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// vector is what one seat's browser was sent during a scenario: the snapshot it
// began with, every frame, the snapshot it must end with, and the ids of the
// words that must be on its screen.
type vector struct {
	Formats []FormatTraits `json:"formats,omitempty"` // beside those in testdata/tables.json
	Start   *Snapshot      `json:"start"`
	Frames  []frame        `json:"frames"`
	End     *Snapshot      `json:"end"`
	Words   []string       `json:"words"`

	seat SeatID
}

// frame is one cast as one seat gets it. Whole stands alone.
type frame struct {
	To    string         `json:"to,omitempty"`
	Set   map[string]any `json:"set,omitempty"`
	On    []Happening    `json:"on,omitempty"`
	Unsay []string       `json:"unsay,omitempty"`
	Words *Words         `json:"words,omitempty"`
	Whole *Snapshot      `json:"whole,omitempty"`
}

func (v *vector) begin(w *world, id SeatID) {
	if v != nil && v.seat == id && v.Start == nil {
		snap := w.s.Snapshot(id)
		v.Start = &snap
	}
}

func (v *vector) add(w *world, id SeatID, c Cast) {
	if v == nil || v.seat != id {
		return
	}
	f := frame{To: c.To.Kind.Stream(), Set: c.Set, On: c.On, Unsay: c.Unsay, Words: c.Words}
	if c.Whole {
		snap := w.s.Snapshot(id)
		f = frame{Whole: &snap}
	}
	v.Frames = append(v.Frames, f)
}

// vectors are the scenarios and seats that the browser's reducer is checked with.
var vectors = []struct {
	scenario string
	seat     SeatID
}{
	{"door", "ana"}, {"door", "sam"}, {"charter-changed", "sam"}, {"door-sent-back", "ana"},
	{"t03-pass", "lea"}, {"t05-a-turn-is-an-offer", "bob"}, {"t08-replies-by-invitation", "ana"}, {"t13-late-and-stepped-out", "ana"},
	{"format-go-round", "sam"}, {"format-open", "ana"}, {"format-silence", "cy"}, {"format-piece", "ana"},
	{"held", "bob"}, {"presence", "bob"}, {"succession", "sam"}, {"lines", "sam"},
	{"level-2-pause", "ana"}, {"level-3-quiet", "ana"}, {"level-5-remove", "ana"}, {"level-5-remove", "lea"}, {"level-u-urgent-door", "cy"},
}

// TestVectors keeps testdata/vectors current: what the browser's reducer is fed
// is what the room really sends, and merging it gives what the room would show.
func TestVectors(t *testing.T) {
	for _, v := range vectors {
		name := v.scenario + "-" + string(v.seat)
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", v.scenario+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			got := vector{seat: v.seat}
			s := &scenario{t: t, record: &got}
			s.play(string(text))
			end := s.w.s.Snapshot(v.seat)
			got.End, got.Words = &end, []string{}
			if end.Room() != nil && v.scenario == "format-piece" {
				got.Formats = []FormatTraits{piece.of}
			}
			for _, w := range s.w.heard[v.seat] {
				got.Words = append(got.Words, w.ID)
			}
			got.reduces(t)
			got.compare(t, filepath.Join("testdata", "vectors", name+".json"))
		})
	}
}

func (v *vector) compare(t *testing.T, file string) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%s is not current (%v): run with -update", file, err)
	}
}

// reduces does in a few lines what the browser does: on JSON alone.
func (v *vector) reduces(t *testing.T) {
	t.Helper()
	state := sectionsOf(t, v.Start)
	words := []string{}
	for _, f := range v.Frames {
		switch {
		case f.Whole != nil:
			state = sectionsOf(t, f.Whole)
		case f.Words != nil:
			words = append(words, f.Words.ID)
		default:
			stream := map[string]json.RawMessage{}
			if err := json.Unmarshal(state[f.To], &stream); err != nil || stream == nil {
				t.Fatalf("a frame for stream %s, which is %s", f.To, state[f.To])
			}
			for name, value := range sectionsOf(t, f.Set) {
				stream[name] = value
			}
			state[f.To] = json.RawMessage(printed(t, stream))
			words = slices.DeleteFunc(words, func(id string) bool { return slices.Contains(f.Unsay, id) })
		}
	}
	for stream, want := range sectionsOf(t, v.End) {
		var a, b any
		if json.Unmarshal(state[stream], &a) != nil || json.Unmarshal(want, &b) != nil || printed(t, a) != printed(t, b) {
			t.Errorf("stream %s\n got %s\nwant %s", stream, state[stream], want)
		}
	}
	if !slices.Equal(words, v.Words) {
		t.Errorf("words on the screen: %v, want %v", words, v.Words)
	}
}
