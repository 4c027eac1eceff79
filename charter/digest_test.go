package charter

import (
	"bytes"
	"errors"
	"reflect"
	"strconv"
	"testing"
)

// The digest of a small text is written down, because people's
// agreements hang on it: a change of the canonical form would ask everybody
// everywhere to agree again.
func TestDigestIsWrittenDown(t *testing.T) {
	text := Text{Lines: []Line{{Safety, "Safety and trust", "We listen."}, {Honesty, "Honesty", "Ja, à l'aise.\n✓"}}}
	want := "hearth-charter/1\n6:safety,16:Safety and trust,10:We listen.,7:honesty,7:Honesty,18:Ja, à l'aise.\n✓,"
	if got := string(canonical(text)); got != want {
		t.Errorf("canonical form is\n%q, want\n%q", got, want)
	}
	if got := Digest(text); got != "15752f44cac51eca5b53f2c0b5b56512685176531218abaf0c79bf566bc99294" {
		t.Errorf("digest is %s", got)
	}
}

func TestDigestTellsNeighboursApart(t *testing.T) {
	base := Starter(Mixed)
	seen := map[string]string{Digest(base): "the starter"}
	add := func(what string, change func(*Text)) {
		text := base.Tidy()
		change(&text)
		digest := Digest(text)
		if other, known := seen[digest]; known {
			t.Errorf("%s has the digest of %s", what, other)
		}
		seen[digest] = what
	}
	add("a space more", func(x *Text) { x.Lines[0].Text += " " })
	add("a line fewer", func(x *Text) { x.Lines = x.Lines[:11] })
	add("a line more", func(x *Text) { x.Lines = append(x.Lines, Line{}) })
	add("two lines swapped", func(x *Text) { x.Lines[0], x.Lines[1] = x.Lines[1], x.Lines[0] })
	add("a letter moved over a seam", func(x *Text) { x.Lines[0].Title += "W"; x.Lines[0].Text = x.Lines[0].Text[1:] })
	add("a seam in the words", func(x *Text) { x.Lines[0].Text += ",7:honesty,7:Honesty,1:a" })
	add("nothing", func(x *Text) { *x = Text{} })
}

var errForm = errors.New("not a canonical form")

// read is the inverse of canonical. That it exists proves that no two texts
// share a canonical form.
func read(form []byte) (Text, error) {
	rest, found := bytes.CutPrefix(form, []byte(canonicalHead))
	if !found {
		return Text{}, errForm
	}
	var text Text
	for len(rest) > 0 {
		var fields [3]string
		for i := range fields {
			var err error
			if fields[i], rest, err = readNetstring(rest); err != nil {
				return Text{}, err
			}
		}
		text.Lines = append(text.Lines, Line{Principle(fields[0]), fields[1], fields[2]})
	}
	return text, nil
}

func readNetstring(form []byte) (string, []byte, error) {
	digits, rest, found := bytes.Cut(form, []byte(":"))
	n, err := strconv.Atoi(string(digits))
	if !found || err != nil || strconv.Itoa(n) != string(digits) || n < 0 || n >= len(rest) || rest[n] != ',' {
		return "", nil, errForm
	}
	return string(rest[:n]), rest[n+1:], nil
}

// FuzzDigest: what is written can be read back exactly, and two texts that
// differ anywhere have different digests.
func FuzzDigest(f *testing.F) {
	f.Add("safety", "Safety and trust", "We listen.", "safety", "Safety and trust", "We listen.", 1)
	f.Add("a", "b", "c,1:d", "a", "b", "c", 2)
	f.Add("", "", "", "0:", ",", "\xff\x00", 0)
	f.Fuzz(func(t *testing.T, p1, title1, text1, p2, title2, text2 string, n int) {
		one, two := Line{Principle(p1), title1, text1}, Line{Principle(p2), title2, text2}
		a, b := Text{Lines: []Line{one}}, Text{Lines: []Line{two}}
		if n%2 == 0 {
			a.Lines = append(a.Lines, two)
		}
		for _, text := range []Text{a, b} {
			back, err := read(canonical(text))
			if err != nil || !reflect.DeepEqual(back, text) {
				t.Fatalf("wrote %q, read %q, %v", text, back, err)
			}
		}
		if same := reflect.DeepEqual(a, b); same != (Digest(a) == Digest(b)) {
			t.Fatalf("%q and %q: same %v, digests %s and %s", a, b, same, Digest(a), Digest(b))
		}
	})
}

// FuzzCanonical: any bytes that can be read are the one canonical form of what
// they say.
func FuzzCanonical(f *testing.F) {
	f.Add(canonical(Starter(Mixed)))
	f.Add([]byte(canonicalHead + "1:a,0:,0:,"))
	f.Add([]byte(canonicalHead + "01:a,0:,0:,"))
	f.Add([]byte(canonicalHead + "-1:a,0:,0:,"))
	f.Fuzz(func(t *testing.T, form []byte) {
		text, err := read(form)
		if err == nil && !bytes.Equal(canonical(text), form) {
			t.Fatalf("%q says %q, whose form is %q", form, text, canonical(text))
		}
	})
}
