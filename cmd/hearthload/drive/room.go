package drive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// Names for the seats of a room; no two look alike.
var names = [...]string{
	"Lena", "Wim", "Ada", "Bela", "Cora", "Dirk", "Emil", "Frida", "Gita", "Hugo", "Ivo", "Jasmin",
	"Kofi", "Mona",
}

// Room is a live session with its people connected.
type Room struct {
	Session string
	Lead    *Member
	Care    *Member   // wellbeing
	People  []*Member // participants
}

// All lists everybody: lead, wellbeing, participants.
func (r *Room) All() []*Member {
	return append([]*Member{r.Lead, r.Care}, r.People...)
}

// Plan says what room to set up.
type Plan struct {
	Participants int
	Format       string // begun in main; empty for none
	Book         bool   // keep a book for everybody
	On           Listener
	Names        []string // other names than the usual ones, lead first
	Title        string
}

// Organise opens the organiser's link and makes a group with an adopted
// charter. It gives the group's id.
func (h *House) Organise(ctx context.Context, token, name string) (string, error) {
	_, cookie, err := h.Open(ctx, token, "")
	if err != nil {
		return "", fmt.Errorf("open the organiser's link: %w", err)
	}
	h.Cookie = cookie
	return h.NewGroup(ctx, name)
}

// NewGroup makes a group from the plain template and adopts its charter.
func (h *House) NewGroup(ctx context.Context, name string) (string, error) {
	var made struct {
		ID    string `json:"id"`
		Group struct {
			ID string `json:"id"`
		} `json:"group"`
		Digest string `json:"digest"`
		Draft  struct {
			Digest string `json:"digest"`
		} `json:"draft"`
	}
	_, err := h.must(ctx, "POST", "/api/groups", h.Cookie, map[string]any{
		"name": name, "template": "mixed", "policy": "ask-first", "region": "", "contact": "the person who invited you",
	}, &made)
	if err != nil {
		return "", err
	}
	id, digest := made.ID+made.Group.ID, made.Digest+made.Draft.Digest
	if digest == "" {
		if _, err := h.must(ctx, "GET", "/api/groups/"+id, h.Cookie, nil, &made); err != nil {
			return "", err
		}
		digest = made.Digest
		if digest == "" {
			digest = made.Draft.Digest
		}
	}
	_, err = h.must(ctx, "POST", "/api/groups/"+id+"/adopt", h.Cookie, map[string]string{"digest": digest}, nil)
	return id, err
}

// Links are the tokens of one session.
type Links struct {
	Session         string
	Lead, Wellbeing string
	Trainee         string
	Open            string
	Personal        []string
}

// Schedule makes a session that starts now.
func (h *House) Schedule(ctx context.Context, group, title string, participants int) (Links, error) {
	var out struct {
		Session struct {
			ID string `json:"id"`
		} `json:"session"`
		Links []struct {
			Kind  string `json:"kind"`
			Token string `json:"token"`
		} `json:"links"`
	}
	_, err := h.must(ctx, "POST", "/api/groups/"+group+"/sessions", h.Cookie, map[string]any{
		"title": title, "start": time.Now().UTC().Format(time.RFC3339), "seats": max(participants, 2), "participants": participants,
	}, &out)
	if err != nil {
		return Links{}, err
	}
	l := Links{Session: out.Session.ID}
	for _, k := range out.Links {
		token := k.Token
		switch k.Kind {
		case "lead":
			l.Lead = token
		case "wellbeing":
			l.Wellbeing = token
		case "trainee":
			l.Trainee = token
		case "open":
			l.Open = token
		case "personal":
			l.Personal = append(l.Personal, token)
		}
	}
	if l.Lead == "" || l.Wellbeing == "" || len(l.Personal) < participants {
		return l, errors.New("schedule a session: links are missing in the answer")
	}
	return l, nil
}

// Enter opens a link, connects, and knocks.
func (h *House) Enter(ctx context.Context, token string, m *Member) error {
	seat, cookie, err := h.Open(ctx, token, "")
	if err != nil {
		return err
	}
	m.House, m.Seat, m.Cookie = h, seat, cookie
	if err := m.Connect(ctx, true); err != nil {
		return err
	}
	return m.Must(ctx, "knock", map[string]any{"name": m.Name, "answer": "agree", "digest": m.Digest()})
}

// Fill brings everybody into a scheduled session: lead and wellbeing first,
// then each participant is greeted and admitted; main begins.
func (h *House) Fill(ctx context.Context, l Links, p Plan) (*Room, error) {
	r := &Room{Session: l.Session}
	use := p.Names
	if use == nil {
		use = names[:]
	}
	member := func(i int, role string) *Member {
		m := &Member{Name: use[i], Role: role}
		m.Listen(p.On)
		if p.Book {
			m.Book = &Book{}
		}
		return m
	}
	r.Lead, r.Care = member(0, "lead"), member(1, "wellbeing")
	if err := h.Enter(ctx, l.Lead, r.Lead); err != nil {
		return r, fmt.Errorf("lead: %w", err)
	}
	if err := h.Enter(ctx, l.Wellbeing, r.Care); err != nil {
		return r, fmt.Errorf("wellbeing: %w", err)
	}
	for i := range p.Participants {
		m := member(i+2, "participant")
		if err := h.Enter(ctx, l.Personal[i], m); err != nil {
			return r, fmt.Errorf("participant %d: %w", i, err)
		}
		r.People = append(r.People, m)
		for _, verb := range []string{"greet", "admit"} {
			if err := r.Care.Must(ctx, verb, map[string]string{"seat": m.Seat}); err != nil {
				return r, fmt.Errorf("participant %d: %w", i, err)
			}
		}
		if err := m.AwaitInside(ctx); err != nil {
			return r, fmt.Errorf("participant %d: %w", i, err)
		}
	}
	if err := r.Lead.Must(ctx, "phase", map[string]string{"to": "main"}); err != nil {
		return r, err
	}
	if p.Format == "" {
		return r, nil
	}
	return r, r.Lead.Must(ctx, "begin", map[string]string{"format": p.Format})
}

// Rooms sets up n rooms, at most width at a time.
func (h *House) Rooms(ctx context.Context, group string, n, width int, p Plan) ([]*Room, error) {
	rooms := make([]*Room, n)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(width)
	for i := range rooms {
		g.Go(func() error {
			l, err := h.Schedule(ctx, group, "Tuesday group", p.Participants)
			if err != nil {
				return fmt.Errorf("room %d: %w", i, err)
			}
			if rooms[i], err = h.Fill(ctx, l, p); err != nil {
				return fmt.Errorf("room %d: %w", i, err)
			}
			return nil
		})
	}
	return rooms, g.Wait()
}

// Close drops everybody.
func (r *Room) Close() {
	for _, m := range r.All() {
		if m != nil {
			m.Drop()
		}
	}
}
