package journal_test

import (
	"context"

	"hearth/hub"
	"hearth/hub/cluster"
	"hearth/hub/house"
	"hearth/hub/journal"
	"hearth/hub/journal/conform"
)

// all is what everybody asks of a journal and of the store around it, each in an
// interface of their own.
type all interface {
	hub.Journal
	hub.Store
	house.Store
	cluster.Store
	Check(ctx context.Context) error
	Close() error
}

// What is asked, the rules of package conform and the journals mean the same methods.
var (
	_ all          = (*journal.SQLite)(nil)
	_ all          = (*journal.Postgres)(nil)
	_ all          = conform.Kept(nil)
	_ conform.Kept = all(nil)
)
