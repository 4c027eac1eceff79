package house

import (
	"context"
	"slices"

	"hearth/room/group"
	"hearth/room/plain"
)

// Longest texts of a group, in graphemes.
const (
	maxTitle   = 60
	maxContact = 200
)

// PolicyChoice is a confidentiality policy as the organiser reads it
// (practice §4).
type PolicyChoice struct {
	Policy group.Policy `json:"policy"`
	Title  string       `json:"title"`
	About  string       `json:"about"`
}

// Policies gives every policy, in the order in which they are offered.
func Policies() []PolicyChoice {
	return []PolicyChoice{
		{group.AskFirst, "Ask first", "If somebody may be in danger, a facilitator talks with them first and tells nobody else without their yes."},
		{group.DutyToAct, "Duty to act", "If a life may be in danger, the facilitators must tell somebody outside. People are told so before they come in."},
	}
}

func knownPolicy(p group.Policy) bool {
	return slices.ContainsFunc(Policies(), func(c PolicyChoice) bool { return c.Policy == p })
}

// fill puts a checked form into g.
func (h *House) fill(ctx context.Context, g *group.Group, form GroupForm) error {
	name, ok := oneLine(form.Name, maxTitle)
	switch {
	case !ok:
		return refuseName
	case !form.Template.Known():
		return refuseTemplate
	case !knownPolicy(form.Policy):
		return refusePolicy
	case form.Region != g.Region && !h.knownRegion(ctx, form.Region):
		return refuseRegion
	}
	// People are told that they can write to somebody, so there is always one.
	contact, ok := oneLine(form.Contact, maxContact)
	if !ok {
		return refuseContact
	}
	g.Name, g.Template, g.Policy, g.Region, g.Contact = name, form.Template, form.Policy, form.Region, contact
	return nil
}

// knownRegion says whether there are helplines of a country. None at all is fine:
// all of them are shown then.
func (h *House) knownRegion(ctx context.Context, region string) bool {
	if region == "" {
		return true
	}
	list, err := h.freshLines(ctx)
	if err != nil {
		list = h.HelplinesNow(ctx)
	}
	return slices.Contains(list.Helplines.Regions(), region)
}

// oneLine gives text as it is kept; false when it is empty, too long, over
// several lines, or holds hidden signs.
func oneLine(raw string, most int) (string, bool) {
	text, err := plain.Line(raw, most)
	return text, err == nil
}
