package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"hearth/charter"
	"hearth/hub/house"
	"hearth/room/group"
)

// The ready-made group of serve --example.
const (
	exampleGroup  = "Tuesday group"
	exampleSeats  = 8
	examplePeople = 3
)

// example makes sure that a ready-made session is under way and prints new
// links to it. Windows that are open already keep their seats.
func (h *hearth) example(ctx context.Context, out io.Writer) error {
	session, err := h.exampleSession(ctx)
	if err != nil {
		return fmt.Errorf("make the example: %w", err)
	}
	rows, err := h.exampleLinks(ctx, session)
	if err != nil {
		return fmt.Errorf("make links to the example: %w", err)
	}
	var page strings.Builder
	fmt.Fprintf(&page, "\n  hearth is up at %s, with an example session that is open now.\n\n", h.public)
	page.WriteString("  1. Open each link below in a window of its own and press Join.\n")
	page.WriteString("  2. Choose names and answer the charter. Wellbeing greets people and lets them in.\n")
	page.WriteString("  3. The lead moves on to the opening, then begins a go-round.\n\n")
	for _, row := range rows {
		fmt.Fprintf(&page, "  %-15s %s\n", row.label, row.url)
	}
	if err := printNearby(&page, h.public, rows[0], isTerminal(out)); err != nil {
		return err
	}
	page.WriteString("\n  The links are new at every start; windows that are open keep working. Ctrl+C stops hearth.\n\n")
	_, err = io.WriteString(out, page.String())
	return err
}

// exampleSession is the example under way, or a new one.
func (h *hearth) exampleSession(ctx context.Context) (string, error) {
	groups, err := h.house.Groups(ctx)
	if err != nil {
		return "", err
	}
	id := ""
	for _, g := range groups {
		if g.Name == exampleGroup {
			id = g.ID
			break
		}
	}
	if id == "" {
		if id, err = h.exampleGroup(ctx); err != nil {
			return "", err
		}
	}
	page, err := h.house.Page(ctx, id)
	if err != nil {
		return "", err
	}
	now := time.Now()
	for _, s := range page.Sessions {
		if s.State == group.Over {
			continue
		}
		if !now.Before(s.Start) && now.Before(s.Ends()) {
			return s.ID, nil
		}
		if now.After(s.Ends()) { // the last example, which nobody closed
			if err := h.house.End(ctx, s.ID); err != nil {
				return "", err
			}
		}
	}
	made, err := h.house.Schedule(ctx, id, house.SessionForm{
		Title: exampleGroup, Start: now, Seats: exampleSeats, Participants: examplePeople, OpenLink: true,
	})
	return made.Session.ID, err
}

// exampleGroup makes the group and adopts its starter charter as version 1.
func (h *hearth) exampleGroup(ctx context.Context) (string, error) {
	g, err := h.house.CreateGroup(ctx, house.GroupForm{
		Name: exampleGroup, Template: charter.Mixed, Policy: group.AskFirst, Contact: "the person who started hearth",
	})
	if err != nil {
		return "", err
	}
	page, err := h.house.Page(ctx, g.ID)
	if err != nil {
		return "", err
	}
	_, err = h.house.Adopt(ctx, g.ID, page.Draft.Digest)
	return g.ID, err
}

type labelled struct{ label, url string }

// exampleLinks makes new links in the place of those that were printed before.
func (h *hearth) exampleLinks(ctx context.Context, session string) ([]labelled, error) {
	organiser, err := h.house.RotateOrganiser(ctx)
	if err != nil {
		return nil, err
	}
	rows := []labelled{{"Organiser", organiser.URL}}
	page, err := h.house.Session(ctx, session)
	if err != nil {
		return nil, err
	}
	people := 0
	for _, l := range page.Links {
		label := strings.ToUpper(string(l.Kind[:1])) + string(l.Kind[1:])
		if l.Kind == group.PersonalLink {
			label = fmt.Sprintf("Participant %d", people+1)
		}
		if l.Revoked || l.Kind == group.OpenLink || people == examplePeople {
			continue
		}
		link, err := h.house.Rotate(ctx, l.ID)
		if err != nil {
			return nil, err
		}
		if l.Kind == group.PersonalLink {
			people++
		}
		rows = append(rows, labelled{label, link.URL})
	}
	return rows, nil
}
