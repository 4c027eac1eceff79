package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"hearth/hub"
	"hearth/hub/cluster"
	"hearth/hub/house"
	"hearth/hub/journal"
)

// store is where a house is kept: one folder, or a database for many nodes.
type store interface {
	hub.Journal
	hub.Store
	house.Store
	cluster.Store
	checks
}

// checks are how a store is looked after, and ended.
type checks interface {
	// Check says whether a write succeeds now (for /readyz).
	Check(ctx context.Context) error
	Close() error
}

// openStore opens what the settings name.
func openStore(ctx context.Context, c config) (store, error) {
	if c.dbURL != "" {
		return journal.OpenPostgres(ctx, c.dbURL, c.keyFile)
	}
	return journal.OpenSQLite(ctx, c.data)
}

// folder is the folder whose disk hearth writes to; empty for none.
func (c config) folder() string {
	if c.dbURL != "" {
		return ""
	}
	return c.data
}

// kept says in a log line where the house is kept.
func (c config) kept() string {
	if c.dbURL != "" {
		return "postgresql"
	}
	return c.data
}

// errDatabaseURL shows no part of what was given, for it may hold a password.
var errDatabaseURL = errors.New("not an address such as postgres://hearth@db.example.org/hearth?sslmode=verify-full")

// checkDatabase wants the form of an address and not that of settings
// (host=… password=…), of which no part could be shown safely.
func checkDatabase(v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return errDatabaseURL
	}
	return nil
}

// maskedURL is the address without what is secret in it.
func maskedURL(v string) string {
	u, err := url.Parse(v)
	if err != nil || v == "" {
		return orNone("")
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "xxxxx")
	}
	settings := u.Query()
	for name := range settings {
		if strings.Contains(strings.ToLower(name), "password") {
			settings.Set(name, "xxxxx")
		}
	}
	u.RawQuery = settings.Encode()
	return u.String()
}

func orNone(v string) string {
	if v == "" {
		return "none"
	}
	return v
}

// databaseIsVerified says whether nobody on the way to the database can read or
// change what goes there: it is on this machine, or TLS knows its name.
func databaseIsVerified(v string) bool {
	u, err := url.Parse(v)
	if err != nil {
		return false
	}
	settings := u.Query()
	host := u.Hostname()
	if named := settings.Get("host"); named != "" {
		host = named
	}
	if settings.Get("sslmode") == "verify-full" || host == "" || host == "localhost" || strings.HasPrefix(host, "/") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// moveHouse copies a data folder into a database.
func moveHouse(c config, out, _ io.Writer) (err error) {
	if c.dbURL == "" {
		return errors.New("move needs --database-url or HEARTH_DATABASE_URL: where to move to")
	}
	if _, err := os.Stat(c.data); err != nil {
		return fmt.Errorf("there is no data folder %s to move: %w", c.data, err)
	}
	ctx := context.Background()
	from, err := journal.OpenSQLite(ctx, c.data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := journal.OpenPostgres(ctx, c.dbURL, c.keyFile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	tables, done, err := journal.Move(ctx, from, to)
	if err != nil {
		return fmt.Errorf("move the house: %w", err)
	}
	for _, t := range tables {
		fmt.Fprintf(out, "%-16s %8d rows  %x\n", t.Table, t.Rows, t.Digest[:8])
	}
	if done {
		fmt.Fprintln(out, "all of it was there already, the same in count and digest")
		return nil
	}
	fmt.Fprintf(out, "moved, and the same in count and digest; start hearth with the database and keep %s until you are sure, then remove it\n", c.data)
	return nil
}
