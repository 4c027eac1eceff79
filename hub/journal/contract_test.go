package journal_test

import (
	"hearth/hub"
	"hearth/hub/journal"
	"hearth/hub/journal/conform"
)

// The hub's own interfaces, the rules of package conform and the journals mean
// the same methods.
var (
	_ hub.Journal = (*journal.SQLite)(nil)
	_ hub.Store   = (*journal.SQLite)(nil)
	_ hub.Journal = (*journal.Postgres)(nil)
	_ hub.Store   = (*journal.Postgres)(nil)
	_ interface {
		hub.Journal
		hub.Store
	} = conform.Kept(nil)
	_ conform.Kept = (interface {
		hub.Journal
		hub.Store
	})(nil)
)
