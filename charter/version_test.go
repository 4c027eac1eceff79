package charter

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"
)

var tuesday = time.Date(2025, 3, 11, 19, 0, 0, 0, time.UTC)

// A13: nobody, facilitators included, can edit an adopted version.
func TestA13AdoptedVersionCannotBeEdited(t *testing.T) {
	draft := Starter(Carers)
	first, err := Adopt(Version{}, draft, tuesday)
	if err != nil {
		t.Fatal(err)
	}
	draft.Lines[0].Text = "Do as you are told."
	if !first.Intact() || first.Text.Of(Safety) == draft.Lines[0].Text {
		t.Error("editing the draft changed the adopted version")
	}
	first.Text.Lines[0].Text = "Do as you are told."
	if first.Intact() {
		t.Error("an edited version passes for the adopted one")
	}
	if (Version{}).Intact() {
		t.Error("no charter passes for a charter")
	}
}

func TestA13VersionsAreNumberedDatedAndSayWhatChanged(t *testing.T) {
	first, err := Adopt(Version{}, Starter(Mixed), tuesday)
	if err != nil {
		t.Fatal(err)
	}
	if first.Number != 1 || !first.Adopted.Equal(tuesday) || first.Changed != nil || first.Digest != Digest(Starter(Mixed)) {
		t.Errorf("the first version is %+v", first)
	}
	draft := first.Text.Tidy()
	draft.Lines[10].Text = "Every road counts."
	draft.Lines[1].Text = "We say what is true."
	second, err := Adopt(first, draft, tuesday.AddDate(0, 0, 7))
	if err != nil {
		t.Fatal(err)
	}
	if second.Number != 2 || !slices.Equal(second.Changed, []Principle{Honesty, Recovery}) {
		t.Errorf("the second version is number %d and changed %v", second.Number, second.Changed)
	}
	third, err := Adopt(second, Starter(Mixed), tuesday.AddDate(0, 0, 14))
	if err != nil || third.Number != 3 || third.Digest != first.Digest {
		t.Errorf("going back to earlier words is version %d, %v", third.Number, err)
	}
}

func TestAdoptRefuses(t *testing.T) {
	first, _ := Adopt(Version{}, Starter(Mixed), tuesday)
	untidy := Starter(Mixed)
	untidy.Lines[3].Text += " \r\n"
	for code, text := range map[string]Text{"unchanged": untidy, "lines": {}} {
		version, err := Adopt(first, text, tuesday)
		var problem *Problem
		if !errors.As(err, &problem) || problem.Code != code || version.Number != 0 {
			t.Errorf("got version %d and %v, want %q", version.Number, err, code)
		}
	}
}

func TestVersionOnTheWire(t *testing.T) {
	first, _ := Adopt(Version{}, Starter(Mixed), tuesday)
	data, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	var back Version
	if err := json.Unmarshal(data, &back); err != nil || !back.Intact() || back.Digest != first.Digest {
		t.Errorf("came back as %+v, %v", back, err)
	}
	line, _ := json.Marshal(Line{Safety, "Safety and trust", "We listen."})
	if want := `{"principle":"safety","title":"Safety and trust","text":"We listen."}`; string(line) != want {
		t.Errorf("a line is %s, want %s", line, want)
	}
}
