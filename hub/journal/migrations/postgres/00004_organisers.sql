-- +goose Up
-- Adds only.

-- The days (since 1970, UTC) on which an organiser's device was made one and last
-- used; 0 is not known. No finer time is kept.
ALTER TABLE organisers ADD COLUMN made BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organisers ADD COLUMN used BIGINT NOT NULL DEFAULT 0;

-- By this the house knows the device cookies that it made itself.
ALTER TABLE house ADD COLUMN device_key BYTEA;
