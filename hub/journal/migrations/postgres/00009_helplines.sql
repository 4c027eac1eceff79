-- +goose Up

-- Adds only.
-- The helplines of the house, as one JSON list, and what it is known by. One row
-- or none: none until the first start has put the shipped list there.
CREATE TABLE helplines (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    digest TEXT NOT NULL,
    list   TEXT NOT NULL
);
