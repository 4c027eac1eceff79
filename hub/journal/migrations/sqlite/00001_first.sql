-- +goose Up

-- One row; pulse is what a readiness check writes.
CREATE TABLE house (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    pulse INTEGER NOT NULL
);
INSERT INTO house (one, pulse) VALUES (1, 0);

-- n keeps the order in which things were made. Times are Unix milliseconds.
CREATE TABLE groups (
    n        INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    template TEXT NOT NULL,
    policy   TEXT NOT NULL,
    region   TEXT NOT NULL,
    contact  TEXT NOT NULL,
    created  INTEGER NOT NULL,
    draft    TEXT NOT NULL
);

-- Adopted versions of a charter never change: there is no UPDATE on this table.
CREATE TABLE versions (
    grp    TEXT NOT NULL REFERENCES groups (id),
    number INTEGER NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (grp, number)
) WITHOUT ROWID;

CREATE TABLE sessions (
    n      INTEGER PRIMARY KEY AUTOINCREMENT,
    id     TEXT NOT NULL UNIQUE,
    grp    TEXT NOT NULL REFERENCES groups (id),
    title  TEXT NOT NULL,
    start  INTEGER NOT NULL,
    plan   TEXT NOT NULL,
    rules  TEXT NOT NULL,
    state  TEXT NOT NULL CHECK (state IN ('scheduled', 'live', 'over')),
    closed INTEGER,
    record BLOB
);
CREATE INDEX sessions_of_group ON sessions (grp, start);
CREATE INDEX sessions_live ON sessions (state) WHERE state = 'live';

CREATE TABLE seats (
    n       INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL REFERENCES sessions (id),
    role    TEXT NOT NULL,
    link    TEXT NOT NULL,
    open    INTEGER NOT NULL,
    claims  TEXT NOT NULL,
    revoked INTEGER NOT NULL
);
CREATE INDEX seats_of_session ON seats (session);
CREATE INDEX seats_of_link ON seats (link);

-- hash is the SHA-256 of a token; the token itself is never kept.
CREATE TABLE links (
    n        INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL UNIQUE,
    kind     TEXT NOT NULL,
    session  TEXT REFERENCES sessions (id),
    seat     TEXT NOT NULL,
    hash     BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    expires  INTEGER,
    max_uses INTEGER NOT NULL,
    uses     INTEGER NOT NULL,
    revoked  INTEGER NOT NULL
);
CREATE INDEX links_of_session ON links (session);

-- A seat is bound to one device; a device may hold several seats. device is a
-- digest under the key of the session, so that it leads nowhere once the session
-- is over.
CREATE TABLE bindings (
    seat   TEXT NOT NULL PRIMARY KEY REFERENCES seats (id),
    device BLOB NOT NULL CHECK (length(device) = 32)
) WITHOUT ROWID;

CREATE TABLE organisers (
    device BLOB NOT NULL PRIMARY KEY CHECK (length(device) = 32)
) WITHOUT ROWID;

-- The journal. No row says when it came, on purpose: the length of a turn would
-- tell a pass from a share (practice A02). Who asked, with which command id, is
-- sealed inside body together with the row, so that neither is in the clear.
--
-- A command may give several rows. cmd is a keyed digest of its seat and id,
-- repeated on each of its rows; rest counts the rows of the command that still
-- follow, so rest = 0 is the last one. The unique index covers only those last
-- rows: one entry per command, and its seq is the number that a repeated
-- command is answered with.
CREATE TABLE events (
    session TEXT NOT NULL,
    seq     INTEGER NOT NULL CHECK (seq > 0),
    cmd     BLOB NOT NULL,
    rest    INTEGER NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (session, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX events_once ON events (session, cmd) WHERE rest = 0;
