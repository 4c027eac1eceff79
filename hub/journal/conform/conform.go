// Package conform holds every journal and store to the same behaviour. A rule
// that one of them keeps and another does not is found here, not by a group.
package conform

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"hearth/charter"
	"hearth/hub/cluster"
	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

// Kept is what is held to these rules: what the hub, the house, the nodes and the
// command ask of a store, all together.
type Kept interface {
	Append(ctx context.Context, session string, after int64, key kept.CommandKey, rows [][]byte) (int64, error)
	Tail(ctx context.Context, session string, after int64, fn func(seq int64, key kept.CommandKey, row []byte) error) error
	Heads(ctx context.Context, sessions []string) (map[string]int64, error)

	CreateGroup(ctx context.Context, g group.Group, draft charter.Text) error
	UpdateGroup(ctx context.Context, g group.Group) error
	Groups(ctx context.Context) ([]group.Group, error)
	Group(ctx context.Context, id string) (group.Group, error)
	DeleteGroup(ctx context.Context, id string) error
	Draft(ctx context.Context, groupID string) (charter.Text, error)
	SaveDraft(ctx context.Context, groupID string, t charter.Text) error
	Adopt(ctx context.Context, groupID string, t charter.Text, at time.Time) (charter.Version, error)
	Versions(ctx context.Context, groupID string) ([]charter.Version, error)
	Version(ctx context.Context, groupID string, number int) (charter.Version, error)

	CreateSession(ctx context.Context, s group.Session, seats []group.Seat, links []group.Link) error
	Sessions(ctx context.Context, groupID string) ([]group.Session, error)
	Session(ctx context.Context, id string) (group.Session, error)
	LiveSessions(ctx context.Context) ([]group.Session, error)
	SetLive(ctx context.Context, id string) error
	UpdateSession(ctx context.Context, s group.Session, expires time.Time) error
	Seats(ctx context.Context, session string) ([]group.Seat, error)
	Seat(ctx context.Context, id room.SeatID) (group.Seat, error)

	Links(ctx context.Context, session string) ([]group.Link, error)
	LinkByHash(ctx context.Context, hash [32]byte) (group.Link, error)
	AddLink(ctx context.Context, l group.Link, seat *group.Seat) error
	RotateLink(ctx context.Context, old string, l group.Link) error
	RevokeLink(ctx context.Context, id string) (group.Link, error)
	UseOpen(ctx context.Context, link string, seat group.Seat, device [32]byte) error

	Bind(ctx context.Context, seat room.SeatID, device [32]byte, move bool) error
	Bound(ctx context.Context, sessions []string) (map[room.SeatID]int64, error)
	AddSeat(ctx context.Context, seat group.Seat, device [32]byte) error
	Holds(ctx context.Context, device [32]byte, seat room.SeatID) (group.Seat, error)
	RevokeSeat(ctx context.Context, seat room.SeatID) error
	BindOrganiser(ctx context.Context, device [32]byte, at time.Time) error
	IsOrganiser(ctx context.Context, device [32]byte, at time.Time) (bool, error)
	OrganiserDevices(ctx context.Context, asking [32]byte, at time.Time) ([]group.Device, error)
	VoidOrganiser(ctx context.Context, id string) error
	FirstOrganiser(ctx context.Context, l group.Link) error
	GiveBack(ctx context.Context, link string, seat room.SeatID) error
	Forget(ctx context.Context, device [32]byte) ([]group.Seat, error)
	Renew(ctx context.Context, device, fresh [32]byte) error
	DeviceKey(ctx context.Context) ([]byte, error)
	Organiser(ctx context.Context) (group.Link, error)
	SetOrganiser(ctx context.Context, l group.Link) error

	Helplines(ctx context.Context) (digest, list string, err error)
	KeepHelplines(ctx context.Context, before, digest, list string) error

	MakeRoom(ctx context.Context)
	Finish(ctx context.Context, session string, record []byte, at time.Time) error
	Record(ctx context.Context, session string) ([]byte, error)
	KeepReview(ctx context.Context, session string, acts []byte, at time.Time) error
	EraseOldReviews(ctx context.Context, now time.Time) error
	Reviews(ctx context.Context, groupID string, now time.Time) ([]group.Review, error)
	Reviewed(ctx context.Context, session string) error
	Label(ctx context.Context, link, label string) error

	Beat(ctx context.Context, node cluster.Node) (up []cluster.Node, err error)
	Unbeat(ctx context.Context, nodeID string) error

	Check(ctx context.Context) error
	Close() error
}

// Opener opens one and the same data each time it is called, after the one
// before was closed.
type Opener func(t *testing.T) Kept

// Run holds a store to every rule. fresh gives the opener of new, empty data.
func Run(t *testing.T, fresh func(t *testing.T) Opener) {
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			open := fresh(t)
			k := open(t)
			c := &check{T: t, Kept: k, ctx: t.Context(), open: open}
			t.Cleanup(func() { _ = c.Close() }) // a rule may have closed and reopened
			rule.hold(c)
		})
	}
}

type rule struct {
	name string
	hold func(*check)
}

var rules = slices.Concat(logRules, houseRules, organiserRules, deviceRules, nodeRules)

// check is one rule being held.
type check struct {
	*testing.T
	Kept
	ctx  context.Context
	open Opener
}

func (c *check) reopen() {
	c.Helper()
	c.must(c.Close(), "close")
	c.Kept = c.open(c.T)
}

func (c *check) must(err error, act string) {
	c.Helper()
	if err != nil {
		c.Fatalf("%s: %v", act, err)
	}
}

func (c *check) want(err, want error, act string) {
	c.Helper()
	if !errors.Is(err, want) {
		c.Errorf("%s: error %v, want %v", act, err, want)
	}
}

func (c *check) same(got, want any, what string) {
	c.Helper()
	if !reflect.DeepEqual(got, want) {
		c.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// monday is when everything in these rules happens, to the millisecond.
var monday = time.Date(2026, 11, 23, 18, 30, 0, 250e6, time.UTC)

func (c *check) aGroup(id string) group.Group {
	c.Helper()
	g := group.Group{ID: id, Name: "Tuesday group", Template: charter.Mixed, Policy: group.AskFirst, Region: "GB", Contact: "the front desk", Created: monday}
	c.must(c.CreateGroup(c.ctx, g, charter.Starter(charter.Mixed)), "create a group")
	return g
}

func session(id, groupID string, start time.Time) group.Session {
	return group.Session{
		ID: id, Group: groupID, Title: "Tuesday evening", Start: start, State: group.Scheduled,
		Plan: room.Plan{Session: id, Start: start, Seats: 12, Phases: []room.PlannedPhase{
			{Phase: room.Opening, Minutes: 10}, {Phase: room.Main, Minutes: 50, Format: room.GoRound},
		}},
		Rules: room.Rules{TurnRules: room.TurnRules{OfferFor: 20 * time.Second, TimersOff: true}},
	}
}

func seat(id, session, link string) group.Seat {
	return group.Seat{ID: room.SeatID(id), Session: session, Role: room.Participant, Link: link}
}

func token(s string) [32]byte { return sha256.Sum256([]byte(s)) }

func personal(id, session, seat string) group.Link {
	return group.Link{ID: id, Kind: group.PersonalLink, Session: session, Seat: room.SeatID(seat), Hash: token(id), Expires: monday.Add(48 * time.Hour), MaxUses: 1}
}

// evening keeps a group and a session with one seat, its link, and an open link
// for two.
func (c *check) evening() group.Session {
	c.Helper()
	c.aGroup("g")
	s := session("s", "g", monday)
	open := group.Link{ID: "open", Kind: group.OpenLink, Session: "s", Hash: token("open"), MaxUses: 2}
	c.must(c.CreateSession(c.ctx, s, []group.Seat{seat("a", "s", "la")}, []group.Link{personal("la", "s", "a"), open}), "create a session")
	return s
}

// sessions keeps n sessions, s0, s1, …, of one group.
func (c *check) sessions(n int) []string {
	c.Helper()
	c.aGroup("g")
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("s%d", i)
		c.must(c.CreateSession(c.ctx, session(ids[i], "g", monday), nil, nil), "create a session")
		c.must(c.SetLive(c.ctx, ids[i]), "set live")
	}
	return ids
}
