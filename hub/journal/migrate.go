package journal

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// steps are the table definitions of a database, in their order.
func steps(folder string) fs.FS {
	found, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		panic(err) // a name in this program is wrong
	}
	return found
}

// migrate brings the tables forward to what this program knows, each step in a
// transaction. It only goes forward.
//
// Tables of a newer hearth are used as they are if they say that this one may:
// nodes of two versions run side by side while they are replaced one by one,
// and the old one must be able to start again. So a step adds what older
// hearths need not know: a table, an index, a column with a default. What is to
// go away goes in two releases: the first one no longer uses it, the second one
// takes it away and says so with
//
//	UPDATE house SET oldest = N;
//
// where N is the number of the step that came with the first one.
//
// Unless it is nil, before is called with the version that the tables have when
// they hold a house and are about to change.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, steps fs.FS, before func(have int64) error) error {
	p, err := goose.NewProvider(dialect, db, steps, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read the table definitions: %w", err)
	}
	have, know, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the tables: %w", err)
	}
	if have > know {
		return mayUse(ctx, db, have, know)
	}
	if before != nil && have > 0 && have < know {
		if err := before(have); err != nil {
			return fmt.Errorf("keep a copy of the tables of version %d before they change: %w", have, err)
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the tables from version %d to %d: %w", have, know, err)
	}
	return nil
}

// mayUse refuses tables of a newer hearth unless they say that one that knows
// them only up to version know may use them.
func mayUse(ctx context.Context, db *sql.DB, have, know int64) error {
	var oldest int64
	if err := db.QueryRowContext(ctx, "SELECT oldest FROM house").Scan(&oldest); err != nil {
		return fmt.Errorf("ask tables of version %d who may use them: %w", have, err)
	}
	if know >= oldest {
		return nil
	}
	return fmt.Errorf("the data was written by a newer hearth (tables version %d, usable from version %d on, this program knows %d): start that version, or restore a backup", have, oldest, know)
}
