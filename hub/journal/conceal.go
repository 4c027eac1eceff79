package journal

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"hearth/hub/journal/kept"
	"hearth/room/group"
)

// What a group is called, whom to write to about it, its charter, the titles and
// the records of its sessions are sealed with a key of the group. So deleting a
// group takes it out of every backup as well: of keys there is only ever the newest
// copy (R10).

// groupKey names the key of a group among the keys of sessions.
func groupKey(id string) string { return keyOfGroup + id }

const keyOfGroup = "group "

// sealedText begins what is sealed; what does not begin like that was kept before
// there were keys of groups.
const sealedText = "sealed:"

// The places of sealed texts; each opens at its own only.
const (
	placeName    = "name"
	placeContact = "contact"
	placeDraft   = "draft"
)

func placeVersion(number int) string   { return fmt.Sprintf("version %d", number) }
func placeTitle(session string) string { return "title " + session }
func placeRecord(session string) string {
	return "record " + session
}

func (s *seal) conceal(groupID, place, text string) string {
	sealed := s.rows.Seal(nil, nil, []byte(text), concealed(groupID, place))
	return sealedText + base64.StdEncoding.EncodeToString(sealed)
}

// reveal opens what conceal gave. A seal of nil opens only what was never sealed.
func (s *seal) reveal(groupID, place, text string) (string, error) {
	body, sealed := strings.CutPrefix(text, sealedText)
	if !sealed {
		return text, nil
	}
	if s == nil {
		return "", errKeyGone
	}
	raw, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return "", errDamaged
	}
	plain, err := s.rows.Open(nil, nil, raw, concealed(groupID, place))
	if err != nil {
		return "", errDamaged
	}
	return string(plain), nil
}

func concealed(groupID, place string) []byte {
	return []byte("hearth group " + groupID + " " + place)
}

// revealGroup opens a group's texts. [kept.ErrNotFound] if its key is gone: it was
// deleted, and came back with a backup.
func (s *tables) revealGroup(ctx context.Context, g *group.Group) error {
	seal, err := s.on.groupSeal(ctx, g.ID, false)
	if err != nil {
		return err
	}
	for place, text := range map[string]*string{placeName: &g.Name, placeContact: &g.Contact} {
		if *text, err = seal.reveal(g.ID, place, *text); err != nil {
			return keyless(fmt.Errorf("read the %s of a group: %w", place, err))
		}
	}
	return nil
}

// keyless turns a key that is gone into "not there".
func keyless(err error) error {
	if errors.Is(err, errKeyGone) {
		return kept.ErrNotFound
	}
	return err
}

// revealTitle opens a session's title; empty if the key of its group is gone.
func (s *tables) revealTitle(ctx context.Context, session, groupID string, title *string) error {
	seal, err := s.on.groupSeal(ctx, groupID, false)
	if err != nil {
		return err
	}
	plain, err := seal.reveal(groupID, placeTitle(session), *title)
	if errors.Is(err, errKeyGone) {
		plain, err = "", nil
	}
	*title = plain
	return err
}

// concealRecord seals a session's record with its group's key. A session whose
// group has no key any more keeps none.
func (s *tables) concealRecord(ctx context.Context, session string, record []byte) ([]byte, error) {
	var groupID, name string
	err := s.read.QueryRowContext(ctx, "SELECT g.id, g.name FROM sessions s JOIN groups g ON g.id = s.grp WHERE s.id = ?", session).Scan(&groupID, &name)
	if err != nil {
		return nil, found("find the group of a session", err)
	}
	seal, err := s.on.groupSeal(ctx, groupID, false)
	switch {
	case err != nil:
		return nil, err
	case len(record) == 0:
		return record, nil
	case seal == nil:
		return []byte("{}"), nil
	}
	return []byte(seal.conceal(groupID, placeRecord(session), string(record))), nil
}

// concealOld seals the texts of groups that were kept before there were keys of
// groups.
func (s *tables) concealOld(ctx context.Context) error {
	ids, err := list(ctx, s.read, "list groups", scanID, "SELECT id FROM groups WHERE name NOT LIKE 'sealed:%'")
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.concealGroup(ctx, id); err != nil {
			return fmt.Errorf("seal the texts of a group: %w", err)
		}
	}
	return nil
}

func scanID(row scanner) (id string, err error) { return id, row.Scan(&id) }

// A keptText is one text of a group and how it is written back.
type keptText struct{ key, text string }

func scanText(row scanner) (t keptText, err error) { return t, row.Scan(&t.key, &t.text) }

func (s *tables) concealGroup(ctx context.Context, id string) error {
	seal, err := s.on.groupSeal(ctx, id, true)
	if err != nil {
		return err
	}
	return s.on.write(ctx, func(tx *write) error {
		for _, part := range []struct{ read, update, place string }{
			{"SELECT CAST(number AS TEXT), body FROM versions WHERE grp = ?", "UPDATE versions SET body = ? WHERE grp = ? AND number = CAST(? AS INTEGER)", "version "},
			{"SELECT id, title FROM sessions WHERE grp = ?", "UPDATE sessions SET title = ? WHERE grp = ? AND id = ?", "title "},
		} {
			all, err := list(tx.ctx, tx.conn, "read texts", scanText, part.read, id)
			if err != nil {
				return err
			}
			for _, t := range all {
				if strings.HasPrefix(t.text, sealedText) {
					continue
				}
				if err := tx.exec(part.update, seal.conceal(id, part.place+t.key, t.text), id, t.key); err != nil {
					return err
				}
			}
		}
		records, err := list(tx.ctx, tx.conn, "read records", func(row scanner) (t keptText, err error) {
			var body []byte
			err = row.Scan(&t.key, &body)
			t.text = string(body)
			return t, err
		}, "SELECT id, record FROM sessions WHERE grp = ? AND record IS NOT NULL", id)
		if err != nil {
			return err
		}
		for _, t := range records {
			if t.text == "" || strings.HasPrefix(t.text, sealedText) {
				continue
			}
			if err := tx.exec("UPDATE sessions SET record = ? WHERE id = ?", []byte(seal.conceal(id, placeRecord(t.key), t.text)), t.key); err != nil {
				return err
			}
		}
		var name, contact, draft string
		if err := tx.row("SELECT name, contact, draft FROM groups WHERE id = ?", id).Scan(&name, &contact, &draft); err != nil {
			return err
		}
		return tx.exec("UPDATE groups SET name = ?, contact = ?, draft = ? WHERE id = ?",
			seal.conceal(id, placeName, name), seal.conceal(id, placeContact, contact), seal.conceal(id, placeDraft, draft), id)
	})
}
