package charter

import (
	"time"
)

// Version is an adopted text. Versions are numbered from 1, dated, and never
// change afterwards (A13); a better wording is a new version. The zero Version
// means that the group has not adopted a charter yet.
type Version struct {
	Number  int       `json:"number"`
	Text    Text      `json:"text"`
	Digest  string    `json:"digest"` // of Text, see Digest
	Adopted time.Time `json:"adopted"`
	// Changed lists the principles whose words differ from the version before;
	// empty for the first version.
	Changed []Principle `json:"changed,omitempty"`
}

// Adopt makes t the version that follows before; the zero Version when t is the
// group's first. t is tidied and copied, so that later changes to it leave the
// version as it was. The error is a *[Problem]: t is not valid, or it says the
// same as before, in which case there is nothing to ask people about again.
func Adopt(before Version, t Text, at time.Time) (Version, error) {
	t = t.Tidy()
	if err := t.Validate(); err != nil {
		return Version{}, err
	}
	digest := Digest(t)
	if digest == before.Digest {
		return Version{}, &Problem{Code: "unchanged", Say: "These are the words the group already has, so there is nothing new to adopt."}
	}
	return Version{
		Number:  before.Number + 1,
		Text:    t,
		Digest:  digest,
		Adopted: at,
		Changed: Changed(before.Text, t),
	}, nil
}

// Changed lists, in order, the principles whose words differ between two texts.
// It is empty when either text is the zero Text: nothing stood before.
func Changed(before, after Text) []Principle {
	if len(before.Lines) == 0 || len(after.Lines) == 0 {
		return nil
	}
	var changed []Principle
	for _, p := range inOrder {
		if before.Of(p.principle) != after.Of(p.principle) {
			changed = append(changed, p.principle)
		}
	}
	return changed
}

// Intact says whether v still holds the words it was adopted with.
func (v Version) Intact() bool { return v.Number > 0 && v.Digest == Digest(v.Text) }
