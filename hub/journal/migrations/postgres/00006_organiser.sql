-- +goose Up
-- Adds only.

-- What must be looked at again of a session that is over (removals, urgent
-- acts), as JSON of closed lists, without a name or a seat; NULL once it has been
-- looked at.
ALTER TABLE sessions ADD COLUMN review BYTEA;

-- The organiser's own note of whom a link is for, sealed with the key of the
-- session; NULL when there is none, and once the session is over.
ALTER TABLE links ADD COLUMN label BYTEA;
