package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hearth/cmd/hearthload/drive"
)

// runMeet holds one meeting in a house that somebody else started, through one
// restart of it: what .ci/first-server needs people for. It says "meeting" when
// everybody is inside, and ends well when the room was held after the restart and
// went on.
func runMeet(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("meet", flag.ContinueOnError)
	link := f.String("link", "", "the organiser's `link`")
	within := f.Duration("within", 5*time.Minute, "how long until the house is started again")
	if err := f.Parse(args); err != nil {
		return err
	}
	public, token, ok := strings.Cut(*link, "/j#")
	if !ok {
		return errors.New("meet needs --link: an organiser's link")
	}
	house := drive.NewHouse(public)
	r, err := meet(ctx, house, token)
	if err != nil {
		return fmt.Errorf("begin a meeting: %w", err)
	}
	defer r.Close()
	fmt.Println("meeting")
	ctx, cancel := context.WithTimeout(ctx, *within)
	defer cancel()
	for _, m := range r.All() {
		select {
		case <-m.Gone():
		case <-ctx.Done():
			return errors.New("the house was not started again in time")
		}
	}
	began := time.Now()
	for _, m := range r.All() {
		for err := m.Connect(ctx, false); err != nil; err = m.Connect(ctx, false) {
			if ctx.Err() != nil {
				return fmt.Errorf("%s does not get back in: %w", m.Role, err)
			}
			drive.Wait(ctx, 100*time.Millisecond)
		}
	}
	fmt.Printf("back within %s\n", time.Since(began).Round(time.Millisecond))
	return goOn(ctx, house, r)
}

func meet(ctx context.Context, house *drive.House, token string) (*drive.Room, error) {
	group, err := house.Organise(ctx, token, "Tuesday group")
	if err != nil {
		return nil, err
	}
	links, err := house.Schedule(ctx, group, "Tuesday group", 3)
	if err != nil {
		return nil, err
	}
	return house.Fill(ctx, links, drive.Plan{Participants: 3, Format: "queue"})
}

// goOn wants the room held, lets the lead carry on, and one person speak.
func goOn(ctx context.Context, house *drive.House, r *drive.Room) error {
	held, err := isHeld(ctx, house, r.Session)
	if err != nil {
		return err
	}
	if !held {
		return errors.New("the room was not held after the restart")
	}
	fmt.Println("held")
	if err := r.Lead.Must(ctx, "carry-on", nil); err != nil {
		return err
	}
	if held, err = isHeld(ctx, house, r.Session); err != nil || held {
		return errors.Join(err, errors.New("the room did not go on"))
	}
	if err := r.People[0].TakeFloor(ctx); err != nil {
		return fmt.Errorf("take the floor after the restart: %w", err)
	}
	fmt.Println("on")
	return nil
}

func isHeld(ctx context.Context, house *drive.House, session string) (bool, error) {
	var page struct {
		Now struct {
			Live bool `json:"live"`
			Held bool `json:"held"`
		} `json:"now"`
	}
	a, err := house.Ask(ctx, http.MethodGet, "/api/sessions/"+session, house.Cookie, nil)
	if err == nil {
		err = json.Unmarshal(a.Body, &page)
	}
	if err == nil && !page.Now.Live {
		err = fmt.Errorf("the session is not live: %d %s", a.Status, a.Body)
	}
	return page.Now.Held, err
}
