package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"hearth/hub/journal"
	"hearth/room"
)

var errNoTo = errors.New("backup needs --to: the folder to keep backups in, outside of the data folder and best on another disk")

// backupHouse copies the data folder while hearth runs or not; of a house in
// PostgreSQL it copies the keys of sessions, which belong to no copy of the
// database.
func backupHouse(c config, out, _ io.Writer) error {
	if c.to == "" {
		return errNoTo
	}
	if c.dbURL != "" {
		return c.backupKeys(out)
	}
	if _, err := os.Stat(c.data); err != nil {
		return fmt.Errorf("there is no data folder %s to back up: %w", c.data, err)
	}
	b, err := journal.BackupFolder(context.Background(), c.data, c.to, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d bytes, read again and whole; with %d keys of groups and sessions, the newest copy only\n", b.Path, b.Bytes, b.Keys)
	return c.noteBackup(out)
}

func (c config) backupKeys(out io.Writer) (err error) {
	ctx := context.Background()
	p, err := journal.OpenPostgres(ctx, c.dbURL, c.keyFile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	n, err := journal.BackupKeys(ctx, p, c.to)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d keys of groups and sessions, the newest copy only; the database itself is copied before this: pg_dump -Fc --exclude-table-data=session_keys --exclude-table-data=nodes\n", c.to, n)
	return c.noteBackup(out)
}

// noteBackup lets hearth know that there is a backup.
func (c config) noteBackup(out io.Writer) error {
	if _, err := os.Stat(c.data); err != nil {
		fmt.Fprintf(out, "there is no folder %s to note the time of this backup in; make it, or name another by --data, if you want to be told when backups are late\n", c.data)
		return nil
	}
	// A new file and not a new time: only the owner of the old one may set that.
	_ = os.Remove(c.stamp())
	if err := os.WriteFile(c.stamp(), nil, 0o600); err != nil {
		return fmt.Errorf("note the time of this backup: %w", err)
	}
	return nil
}

// restoreHouse makes a data folder from a backup, or completes a house that
// pg_restore has brought back.
func restoreHouse(c config, out, _ io.Writer) error {
	if c.from == "" {
		return errors.New("restore needs --from: the folder of backups, or one copy in it")
	}
	var r journal.Restored
	var err error
	if c.dbURL != "" {
		r, err = journal.RestoreKeys(context.Background(), c.dbURL, c.keyFile, c.from, time.Now())
	} else {
		r, err = journal.RestoreFolder(context.Background(), c.from, c.data, time.Now())
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "restored from %s\n", r.From)
	if r.OwnKeys {
		fmt.Fprintf(out, "the keys that %s still held were used, for they are newer than those of the backup\n", c.data)
	}
	if n := len(r.Ended); n > 0 {
		fmt.Fprintf(out, "%d sessions that were open at the time of the backup are over now, for nothing opens them: they were closed since, or their keys are lost\n", n)
		for _, session := range r.Ended {
			fmt.Fprintf(out, "  %s\n", session)
		}
	}
	if r.Dropped > 0 {
		fmt.Fprintf(out, "%d groups of the backup are not brought back, for nothing opens them: they were deleted since, or their keys are lost; if you have their keys, restore again with them\n", r.Dropped)
	}
	if r.Unseated > 0 {
		fmt.Fprintf(out, "in %d sessions to come people open their links again\n", r.Unseated)
	}
	return printVerified(out, r.Verified)
}

// verifyHouse reads a whole house and says what is wrong; with --from it tries a
// backup, in a folder of its own that it removes.
func verifyHouse(c config, out, _ io.Writer) (err error) {
	if c.from != "" && c.dbURL == "" {
		return tryBackup(c.from, out)
	}
	ctx := context.Background()
	if _, err := os.Stat(c.data); c.dbURL == "" && err != nil {
		return fmt.Errorf("there is no data folder %s to verify: %w", c.data, err)
	}
	s, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	house, ok := s.(journal.House)
	if !ok {
		return errors.New("this store cannot be verified")
	}
	v, err := journal.Verify(ctx, house, checkRow)
	if err != nil {
		return err
	}
	return printVerified(out, v)
}

// tryBackup restores a backup into a folder of its own and verifies it there.
func tryBackup(from string, out io.Writer) error {
	began := time.Now()
	r, err := journal.TryBackup(context.Background(), from, checkRow)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s restores in %v; %d of its groups were deleted and %d of its sessions were closed since, or their keys are lost\n", r.From, time.Since(began).Round(time.Millisecond), r.Dropped, len(r.Ended))
	return printVerified(out, r.Verified)
}

// checkRow wants a row of a log that this hearth can read.
func checkRow(row []byte) error {
	_, err := room.DecodeEvent(row)
	return err
}

func printVerified(out io.Writer, v journal.Verified) error {
	fmt.Fprintf(out, "%d groups, %d versions of charters, %d sessions, %d seats, %d links\n", v.Groups, v.Versions, v.Sessions, v.Seats, v.Links)
	fmt.Fprintf(out, "%d sessions are not over; all %d rows of their logs that could be read are there without a gap\n", v.Open, v.Rows)
	for _, one := range v.Damaged {
		fmt.Fprintf(out, "damaged: %s\n", one)
	}
	for _, id := range v.Keyless {
		fmt.Fprintf(out, "no key opens group %s: it was deleted since, or its key is lost\n", id)
	}
	for _, session := range v.Unreadable {
		fmt.Fprintf(out, "no key opens session %s\n", session)
	}
	for _, session := range v.Unbound {
		fmt.Fprintf(out, "no key opens who holds which seat in session %s; people open their links again\n", session)
	}
	if v.Left > 0 {
		fmt.Fprintf(out, "%d rows, bindings or keys of sessions that are over are still there\n", v.Left)
	}
	if !v.Whole() {
		return errors.New("the house is not whole")
	}
	fmt.Fprintln(out, "the house is whole")
	return nil
}
