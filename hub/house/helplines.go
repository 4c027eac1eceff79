package house

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"hearth/hub"
	"hearth/hub/strict"
	"hearth/room"
	"hearth/room/helpline"
)

var (
	refuseHelplinesChanged = &room.Refusal{Code: "helplines-changed", Say: "Somebody changed the helplines meanwhile. Please look at the list once more and try again."}
	refuseHelplinesOld     = &room.Refusal{Code: "helplines-old", Say: "No helpline of this group's country was checked in the last 180 days. Please check one on the page Helplines first, so that people find somebody who answers."}
)

// Helplines is a list with what it is known by.
type Helplines struct {
	Helplines helpline.List `json:"helplines"`
	Digest    string        `json:"digest"`
}

// lines keeps the list in memory, so that it is there when the store is not
// (practice §4). The zero value is ready for use by many goroutines.
type lines struct {
	mu    sync.Mutex
	known Helplines
	asked time.Time
}

// linesFresh is how old what is in memory may be: another node may have changed
// the list.
const linesFresh = 5 * time.Second

// ReadHelplines reads a file of helplines: an object with the list "helplines"
// and, for people, "about". The error is a line for whoever wrote the file, with
// the row as it stands there.
func ReadHelplines(data []byte, today time.Time) (helpline.List, error) {
	var file struct {
		Helplines []helpline.Row `json:"helplines"`
	}
	fields, err := strict.Object(data)
	if err == nil {
		err = fields.Decode(&file, "about")
	}
	var malformed *strict.Error
	switch {
	case errors.As(err, &malformed) && malformed.Code == "missing":
		return nil, fmt.Errorf("%q is missing", malformed.Field)
	case errors.As(err, &malformed):
		return nil, fmt.Errorf("it does not have the form of a list of helplines (%s %s)", malformed.Code, malformed.Field)
	case err != nil:
		return nil, err
	}
	for i, row := range file.Helplines {
		file.Helplines[i] = row.Tidy()
	}
	list := helpline.List(file.Helplines)
	if err := list.Check(today); err != nil {
		return nil, err
	}
	return list.Tidy(), nil
}

// SeedHelplines keeps a list in a house that has none yet, and reads the one
// that is there. Call it once, before anybody asks.
func (h *House) SeedHelplines(ctx context.Context, first helpline.List) error {
	digest, text, err := first.Tidy().Encode()
	if err != nil {
		return err
	}
	if err := h.Store.KeepHelplines(ctx, "", digest, text); err != nil && !errors.Is(err, hub.ErrConflict) {
		return fmt.Errorf("keep the first helplines: %w", err)
	}
	_, err = h.freshLines(ctx)
	return err
}

// TakeHelplines puts a whole list in the place of the one that is there.
func (h *House) TakeHelplines(ctx context.Context, list helpline.List) error {
	before, _, err := h.Store.Helplines(ctx)
	if err != nil && !errors.Is(err, hub.ErrNotFound) {
		return fmt.Errorf("read the helplines to replace: %w", err)
	}
	_, err = h.keepLines(ctx, before, list)
	return err
}

// HelplinesNow gives the list for everybody. While the store is away it is what
// was known last.
func (h *House) HelplinesNow(ctx context.Context) Helplines {
	h.lines.mu.Lock()
	known, fresh := h.lines.known, h.now().Sub(h.lines.asked) < linesFresh
	if !fresh {
		h.lines.asked = h.now() // one asks, the others go on with what is known
	}
	h.lines.mu.Unlock()
	if fresh {
		return known
	}
	if read, err := h.freshLines(ctx); err == nil {
		return read
	}
	return known
}

// HelplinesFresh gives the list as the store has it: whoever changes it must not
// read what another node has changed a moment ago.
func (h *House) HelplinesFresh(ctx context.Context) (Helplines, error) { return h.freshLines(ctx) }

func (h *House) freshLines(ctx context.Context) (Helplines, error) {
	digest, text, err := h.Store.Helplines(ctx)
	if err != nil {
		return Helplines{}, fmt.Errorf("read the helplines: %w", err)
	}
	fields, err := strict.Object([]byte(`{"helplines":` + text + `}`))
	if err != nil {
		return Helplines{}, fmt.Errorf("read the helplines: %w", err)
	}
	read := Helplines{Digest: digest}
	var file struct {
		Helplines []helpline.Row `json:"helplines"`
	}
	if err := fields.Decode(&file); err != nil {
		return Helplines{}, fmt.Errorf("read the helplines: %w", err)
	}
	read.Helplines = file.Helplines
	h.lines.mu.Lock()
	defer h.lines.mu.Unlock()
	h.lines.known, h.lines.asked = read, h.now()
	return read, nil
}

// HelplineForm is one change of the list: a row to add, to put in the place of
// another, to mark as checked today, or to remove.
type HelplineForm struct {
	// Digest is that of the list the organiser has seen.
	Digest string `json:"digest"`
	// At is the row that is meant, counted from 0; missing for a new one.
	At *int `json:"at,omitempty"`
	// Row is how it should read; missing when it stays, or goes.
	Row *helpline.Row `json:"row,omitempty"`
	// CheckedBy is the name of whoever made sure of the row today; they choose it.
	CheckedBy string `json:"checked_by,omitempty"`
	// Remove takes the row out.
	Remove bool `json:"remove,omitempty"`
}

// ChangeHelplines changes one row. Nothing changes when it is refused.
func (h *House) ChangeHelplines(ctx context.Context, form HelplineForm) (Helplines, error) {
	now, err := h.freshLines(ctx)
	switch {
	case err != nil:
		return Helplines{}, err
	case now.Digest != form.Digest:
		return Helplines{}, refuseHelplinesChanged
	case form.At != nil && (*form.At < 0 || *form.At >= len(now.Helplines)), form.At == nil && (form.Row == nil || form.Remove):
		return Helplines{}, RefuseMissing
	}
	list := slices.Clone(now.Helplines)
	if form.Remove {
		return h.keepLines(ctx, now.Digest, slices.Delete(list, *form.At, *form.At+1))
	}
	at := len(list)
	if form.At != nil {
		at = *form.At
	} else {
		list = append(list, helpline.Row{})
	}
	list[at] = h.changed(list[at], form)
	if why := list[at].Check(h.now()); why != nil {
		return Helplines{}, why // about this row, and not about one before it
	}
	return h.keepLines(ctx, now.Digest, list)
}

// changed is a row after a change. A check stands for what was checked: whoever
// changes how a service is reached has to check anew.
func (h *House) changed(old helpline.Row, form HelplineForm) helpline.Row {
	row := old
	if form.Row != nil {
		row = form.Row.Tidy()
		row.Checked, row.By = "", ""
		reached := func(r helpline.Row) [7]string {
			return [7]string{r.Region, r.Name, r.Number, r.Call, r.Text, r.Chat, r.URL}
		}
		if reached(row) == reached(old) {
			row.Checked, row.By = old.Checked, old.By
		}
	}
	if form.CheckedBy != "" {
		row.Checked, row.By = h.now().Format(time.DateOnly), form.CheckedBy
	}
	return row.Tidy()
}

func (h *House) keepLines(ctx context.Context, before string, list helpline.List) (Helplines, error) {
	list = list.Tidy()
	if err := list.Check(h.now()); err != nil {
		var problem *helpline.Problem
		if errors.As(err, &problem) {
			return Helplines{}, problem.Why
		}
		return Helplines{}, err
	}
	digest, text, err := list.Encode()
	if err != nil {
		return Helplines{}, err
	}
	switch err := h.Store.KeepHelplines(ctx, before, digest, text); {
	case errors.Is(err, hub.ErrConflict):
		return Helplines{}, refuseHelplinesChanged
	case err != nil:
		return Helplines{}, fmt.Errorf("keep the helplines: %w", err)
	}
	return h.freshLines(ctx)
}

// goodLines wants a country in which somebody is known to answer (practice §4).
// A group without a country has no such rule.
func (h *House) goodLines(ctx context.Context, region string) error {
	if region == "" {
		return nil
	}
	list, err := h.freshLines(ctx)
	if err != nil {
		return err
	}
	if !list.Helplines.Good(region, h.now()) {
		return refuseHelplinesOld
	}
	return nil
}

// Due lists the rows that the organiser is asked to check again.
func (h *House) Due(list helpline.List) helpline.List { return list.Due(h.now()) }
