// Package journal keeps what must survive: the ordered log of each live session
// and the tables around it. [SQLite] is the house's own store for one node; it
// needs no other service. [Postgres] is for several nodes that write at once.
// Both pass package conform, share the code of the tables, and [Move] takes a
// house from the one to the other. [BackupFolder] and [BackupKeys] copy a house
// so that what was closed stays closed, [RestoreFolder] and [RestoreKeys] bring
// it back, [Verify] reads all of it.
//
// What it promises (promises R1, R2, R9): a write that returned nil is on the
// disk for certain and there exactly once; a write that returned an error was
// not acknowledged, and asking again with the same command id is always safe.
//
// What it must not know: the log holds no time and no words, and it cannot tell
// a pass from a share (practice A02). Its rows are opaque bytes, sealed with a
// key of their session; ending a session destroys the key. What is left of it
// elsewhere on PostgreSQL, and for how long, is said at [Postgres].
package journal
