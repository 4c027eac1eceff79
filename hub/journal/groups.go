package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hearth/charter"
	"hearth/hub/journal/kept"
	"hearth/room/group"
)

// CreateGroup keeps a new group with the draft of its charter. [kept.ErrTaken]
// if the id is in use.
func (s *tables) CreateGroup(ctx context.Context, g group.Group, draft charter.Text) error {
	words, err := json.Marshal(draft)
	if err != nil {
		return fmt.Errorf("write down a draft: %w", err)
	}
	seal, err := s.on.groupSeal(ctx, g.ID, true)
	if err != nil {
		return err
	}
	return s.on.write(ctx, func(tx *write) error {
		return tx.insert("INSERT INTO groups (id, name, template, policy, region, contact, created, draft) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			g.ID, seal.conceal(g.ID, placeName, g.Name), g.Template, g.Policy, g.Region, seal.conceal(g.ID, placeContact, g.Contact),
			g.Created.UnixMilli(), seal.conceal(g.ID, placeDraft, string(words)))
	})
}

// UpdateGroup changes everything about a group but its id, its birthday and its
// charter. [kept.ErrNotFound] if there is no such group.
func (s *tables) UpdateGroup(ctx context.Context, g group.Group) error {
	seal, err := s.sealOfGroup(ctx, g.ID)
	if err != nil {
		return err
	}
	return s.on.write(ctx, func(tx *write) error {
		return tx.change("UPDATE groups SET name = ?, template = ?, policy = ?, region = ?, contact = ? WHERE id = ?",
			seal.conceal(g.ID, placeName, g.Name), g.Template, g.Policy, g.Region, seal.conceal(g.ID, placeContact, g.Contact), g.ID)
	})
}

const aGroup = "SELECT id, name, template, policy, region, contact, created FROM groups "

func scanGroup(row scanner) (g group.Group, err error) {
	var created int64
	err = row.Scan(&g.ID, &g.Name, &g.Template, &g.Policy, &g.Region, &g.Contact, &created)
	g.Created = time.UnixMilli(created).UTC()
	return g, err
}

// Groups lists every group, newest first.
func (s *tables) Groups(ctx context.Context) ([]group.Group, error) {
	all, err := list(ctx, s.read, "list groups", scanGroup, aGroup+"ORDER BY created DESC, n DESC")
	if err != nil {
		return nil, err
	}
	var groups []group.Group
	for _, g := range all {
		switch err := s.revealGroup(ctx, &g); {
		case errors.Is(err, kept.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// sealOfGroup gives the seal of a group that is there; [kept.ErrNotFound] if it is
// not.
func (s *tables) sealOfGroup(ctx context.Context, id string) (*seal, error) {
	seal, err := s.on.groupSeal(ctx, id, false)
	if err == nil && seal == nil {
		err = kept.ErrNotFound
	}
	return seal, err
}

// Group gives one group. [kept.ErrNotFound] if there is no such group.
func (s *tables) Group(ctx context.Context, id string) (group.Group, error) {
	g, err := scanGroup(s.read.QueryRowContext(ctx, aGroup+"WHERE id = ?", id))
	if err != nil {
		return group.Group{}, found("read a group", err)
	}
	if err := s.revealGroup(ctx, &g); err != nil {
		return group.Group{}, err
	}
	return g, nil
}

// Draft gives the words a group is working on. [kept.ErrNotFound] if there is
// no such group.
func (s *tables) Draft(ctx context.Context, groupID string) (charter.Text, error) {
	var words string
	err := s.read.QueryRowContext(ctx, "SELECT draft FROM groups WHERE id = ?", groupID).Scan(&words)
	if err != nil {
		return charter.Text{}, found("read a draft", err)
	}
	seal, err := s.sealOfGroup(ctx, groupID)
	if err == nil {
		words, err = seal.reveal(groupID, placeDraft, words)
	}
	if err != nil {
		return charter.Text{}, err
	}
	var t charter.Text
	if err := json.Unmarshal([]byte(words), &t); err != nil {
		return charter.Text{}, fmt.Errorf("read a draft: %w", err)
	}
	return t, nil
}

// SaveDraft keeps the words a group is working on, valid or not.
// [kept.ErrNotFound] if there is no such group.
func (s *tables) SaveDraft(ctx context.Context, groupID string, t charter.Text) error {
	words, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("write down a draft: %w", err)
	}
	seal, err := s.sealOfGroup(ctx, groupID)
	if err != nil {
		return err
	}
	return s.on.write(ctx, func(tx *write) error {
		return tx.change("UPDATE groups SET draft = ? WHERE id = ?", seal.conceal(groupID, placeDraft, string(words)), groupID)
	})
}

// Adopt keeps t as the group's next version and as its draft; versions never
// change afterwards (A13). [kept.ErrNotFound] if there is no such group; a
// *charter.Problem if t may not be adopted.
func (s *tables) Adopt(ctx context.Context, groupID string, t charter.Text, at time.Time) (charter.Version, error) {
	seal, err := s.sealOfGroup(ctx, groupID)
	if err != nil {
		return charter.Version{}, err
	}
	var next charter.Version
	err = s.on.write(ctx, func(tx *write) error {
		var there bool
		if err := tx.row("SELECT 1 FROM groups WHERE id = ?", groupID).Scan(&there); err != nil {
			return found("find a group", err)
		}
		before, err := seal.version(groupID)(tx.row(aVersion+"ORDER BY number DESC LIMIT 1", groupID))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read the version before: %w", err)
		}
		if next, err = charter.Adopt(before, t, at.UTC()); err != nil {
			return err
		}
		body, err := json.Marshal(next)
		if err != nil {
			return fmt.Errorf("write down a version: %w", err)
		}
		words, err := json.Marshal(next.Text)
		if err != nil {
			return fmt.Errorf("write down a draft: %w", err)
		}
		sealed := seal.conceal(groupID, placeVersion(next.Number), string(body))
		if err := tx.insert("INSERT INTO versions (grp, number, body) VALUES (?, ?, ?)", groupID, next.Number, sealed); err != nil {
			return err
		}
		return tx.change("UPDATE groups SET draft = ? WHERE id = ?", seal.conceal(groupID, placeDraft, string(words)), groupID)
	})
	if err != nil {
		return charter.Version{}, err
	}
	return next, nil
}

const aVersion = "SELECT number, body FROM versions WHERE grp = ? "

var errWords = errors.New("the words of a charter are damaged")

// version reads a version of a group and makes sure that it still holds the words
// it was adopted with: people agree to a digest.
func (s *seal) version(groupID string) func(scanner) (charter.Version, error) {
	return func(row scanner) (v charter.Version, err error) {
		var number int
		var body string
		if err := row.Scan(&number, &body); err != nil {
			return v, err
		}
		if body, err = s.reveal(groupID, placeVersion(number), body); err != nil {
			return v, err
		}
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			return v, err
		}
		if !v.Intact() {
			return charter.Version{}, errWords
		}
		return v, nil
	}
}

// Versions lists the adopted charters of a group, newest first; none if there
// is no such group.
func (s *tables) Versions(ctx context.Context, groupID string) ([]charter.Version, error) {
	seal, err := s.on.groupSeal(ctx, groupID, false)
	if err != nil {
		return nil, err
	}
	return list(ctx, s.read, "list versions", seal.version(groupID), aVersion+"ORDER BY number DESC", groupID)
}

// Version gives one adopted charter. [kept.ErrNotFound] if there is none of
// that number.
func (s *tables) Version(ctx context.Context, groupID string, number int) (charter.Version, error) {
	seal, err := s.on.groupSeal(ctx, groupID, false)
	if err != nil {
		return charter.Version{}, err
	}
	v, err := seal.version(groupID)(s.read.QueryRowContext(ctx, aVersion+"AND number = ?", groupID, number))
	return v, found("read a version", err)
}
