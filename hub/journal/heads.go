package journal

import (
	"context"
	"encoding/json"
)

// A head is the last number of a session's log.
type head struct {
	session string
	seq     int64
}

// Heads gives the last number of each session's log, 0 when it has no rows, in
// one question however many sessions there are. A session that is unknown or
// over is missing. What was appended on any node before the question is in the
// answer.
func (s *tables) Heads(ctx context.Context, sessions []string) (map[string]int64, error) {
	if len(sessions) == 0 {
		return map[string]int64{}, nil
	}
	among, arg := s.on.among(sessions)
	all, err := list(ctx, s.read, "read the last numbers", func(row scanner) (h head, err error) {
		return h, row.Scan(&h.session, &h.seq)
	}, `SELECT s.id, coalesce((SELECT e.seq FROM events e WHERE e.session = s.id ORDER BY e.seq DESC LIMIT 1), 0)
		FROM sessions s WHERE s.id `+among+` AND s.state <> 'over'`, arg)
	if err != nil {
		return nil, err
	}
	heads := make(map[string]int64, len(all))
	for _, h := range all {
		heads[h.session] = h.seq
	}
	return heads, nil
}

// Heads is the shared one. What it does not find is over, most likely: no key of
// that is remembered.
func (p *Postgres) Heads(ctx context.Context, sessions []string) (map[string]int64, error) {
	heads, err := p.tables.Heads(ctx, sessions)
	if err != nil {
		return nil, err
	}
	for _, session := range sessions {
		if _, alive := heads[session]; !alive {
			p.keys.forget(session)
		}
	}
	return heads, nil
}

// among says "is one of these" in the language of the database.
func (p *Postgres) among(ids []string) (clause string, arg any) { return "= ANY (?)", ids }

func (s *SQLite) among(ids []string) (clause string, arg any) {
	text, _ := json.Marshal(ids) // never fails for strings
	return "IN (SELECT value FROM json_each(?))", string(text)
}
