// Package charter is the promise a group makes to itself: a text of twelve
// principles with a digest, adopted as numbered versions that never change
// (practice §6, A13, A14).
//
// A charter is data. What a principle lets the software do is fixed in package
// room; the wording belongs to the group. A template changes the wording that a
// group starts from and nothing else (A08). The safety floor ([Floor]) is shown
// with every charter and is not up for decision.
//
// The package is pure: the time of an adoption comes in from outside. Every
// function may be called from any goroutine.
package charter

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Principle names one of the twelve principles. Moderation rests on it: every
// act names the charter line it is made for (M3).
type Principle string

// The twelve principles, in the order in which a charter is read (practice §6).
const (
	Safety       Principle = "safety"
	Honesty      Principle = "honesty"
	Positivity   Principle = "positivity"
	Reciprocity  Principle = "reciprocity"
	Loyalty      Principle = "loyalty"
	Equality     Principle = "equality"
	Stigma       Principle = "stigma"
	Goals        Principle = "goals"
	Independence Principle = "independence"
	Empowerment  Principle = "empowerment"
	Recovery     Principle = "recovery"
	Choice       Principle = "choice"
)

// MaxRunes is the longest text of one line, in code points.
const MaxRunes = 600

// MaxBreaks is the highest number of line breaks in the text of one line.
const MaxBreaks = 8

var inOrder = [...]struct {
	principle Principle
	title     string
}{
	{Safety, "Safety and trust"},
	{Honesty, "Honesty"},
	{Positivity, "Positivity"},
	{Reciprocity, "Reciprocity"},
	{Loyalty, "Loyalty"},
	{Equality, "Equality"},
	{Stigma, "Mitigating stigma"},
	{Goals, "Person-centred goals"},
	{Independence, "Independence"},
	{Empowerment, "Empowerment"},
	{Recovery, "Recovery"},
	{Choice, "Choice"},
}

// Principles gives the twelve principles in order. The slice is the caller's.
func Principles() []Principle {
	all := make([]Principle, len(inOrder))
	for i, p := range inOrder {
		all[i] = p.principle
	}
	return all
}

// Title is the principle's name as people read it; empty for an unknown one.
func (p Principle) Title() string {
	for _, known := range inOrder {
		if known.principle == p {
			return known.title
		}
	}
	return ""
}

// Known says whether p is one of the twelve.
func (p Principle) Known() bool { return p.Title() != "" }

// Line is one principle in the group's own words.
type Line struct {
	Principle Principle `json:"principle"`
	Title     string    `json:"title"` // always the principle's own title; see [Text.Tidy]
	Text      string    `json:"text"`  // 1 to MaxRunes code points of plain text
}

// Text is the whole wording of a charter: twelve lines in the order of
// [Principles]. The zero Text is not valid.
type Text struct {
	Lines []Line `json:"lines"`
}

// pasted mends what comes along when words are copied from elsewhere.
var pasted = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ")

// Tidy gives t as it should be kept: titles filled in from the principles,
// space around each text cut off, tabs written as spaces and line breaks as one
// \n. t is not changed.
func (t Text) Tidy() Text {
	tidy := Text{Lines: make([]Line, len(t.Lines))}
	for i, l := range t.Lines {
		tidy.Lines[i] = Line{Principle: l.Principle, Title: l.Principle.Title(), Text: strings.TrimSpace(pasted.Replace(l.Text))}
	}
	return tidy
}

// Of gives the group's words for a principle; empty when there are none.
func (t Text) Of(p Principle) string {
	for _, l := range t.Lines {
		if l.Principle == p {
			return l.Text
		}
	}
	return ""
}

// Problem says why a charter text cannot be kept. Code is stable and for
// programs; Say is one kind sentence for people; Principle says which line it
// is about and is empty when it is about the whole text.
//
// Codes: "lines", "title", "empty", "long", "not-plain", "unchanged".
type Problem struct {
	Code      string    `json:"code"`
	Say       string    `json:"say"`
	Principle Principle `json:"principle,omitempty"`
}

// Error holds no words of the group, so it may be logged.
func (p *Problem) Error() string {
	if p.Principle == "" {
		return "charter: " + p.Code
	}
	return "charter: " + p.Code + " in " + string(p.Principle)
}

// Validate says whether t may be a charter: exactly the twelve principles in
// order, each with its own title and 1 to [MaxRunes] code points of plain text.
// The error is a *[Problem] about the first line that is not right.
func (t Text) Validate() error {
	if len(t.Lines) != len(inOrder) {
		return &Problem{Code: "lines", Say: "A charter has twelve lines, one for each principle."}
	}
	for i, l := range t.Lines {
		if l.Principle != inOrder[i].principle {
			return &Problem{Code: "lines", Say: "A charter has twelve lines, one for each principle, in their usual order."}
		}
		if problem := l.problem(); problem != nil {
			return problem
		}
	}
	return nil
}

func (l Line) problem() *Problem {
	title := l.Principle.Title()
	switch {
	case l.Title != title:
		return &Problem{"title", "The name of “" + title + "” stays as it is; the words below it are yours to change.", l.Principle}
	case !utf8.ValidString(l.Text):
		return &Problem{"not-plain", "The words under “" + title + "” came in damaged. Please type them again.", l.Principle}
	case strings.TrimSpace(l.Text) == "":
		return &Problem{"empty", "“" + title + "” has no words yet. One sentence is enough.", l.Principle}
	case utf8.RuneCountInString(l.Text) > MaxRunes:
		return &Problem{"long", "The words under “" + title + "” are a little long. Please keep them to " + strconv.Itoa(MaxRunes) + " letters or fewer.", l.Principle}
	case !plain(l.Text):
		return &Problem{"not-plain", "The words under “" + title + "” hold hidden signs or too many line breaks. Plain letters are all it takes.", l.Principle}
	}
	return nil
}

// plain says whether s is text that looks the same to everybody who reads it:
// no control or hidden direction characters, nothing private or unassigned.
// A charter is read aloud in a round, so few line breaks are enough.
func plain(s string) bool {
	if strings.Count(s, "\n") > MaxBreaks {
		return false
	}
	for _, r := range s {
		if !plainRune(r) {
			return false
		}
	}
	return true
}

func plainRune(r rune) bool {
	switch {
	case r == '\n', r == ' ':
		return true
	case r == '\u200c', r == '\u200d':
		return true // joiners that Persian, Hindi and emoji need
	case r >= 0xfe00 && r <= 0xfe0f:
		return true // variation selectors: how a letter or an emoji is drawn
	case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Cf):
		return false
	}
	return unicode.IsGraphic(r) && r != '\u2028' && r != '\u2029'
}
