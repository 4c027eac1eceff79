-- +goose Up
-- Adds only.

-- generation counts how often a seat has gone on to another device. A socket that
-- was opened under an older one is void.
ALTER TABLE bindings ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
