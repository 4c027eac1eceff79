-- +goose Up

-- oldest is the oldest version of these tables whose hearth may still use them.
-- A version that only adds leaves it alone; one that takes something away sets
-- it, so that a hearth that would miss it is refused.
ALTER TABLE house ADD COLUMN oldest INTEGER NOT NULL DEFAULT 2;

-- The processes that share this database, each until the moment given here, by
-- the clock of this server.
CREATE TABLE nodes (
    id    TEXT NOT NULL PRIMARY KEY,
    relay BOOLEAN NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
