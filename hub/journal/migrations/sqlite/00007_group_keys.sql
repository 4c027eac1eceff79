-- +goose Up

-- From here on what a group is called, its contact, its charter, and the titles and
-- records of its sessions are sealed with a key of the group. A hearth that does not
-- know of it would show the sealed text.
UPDATE house SET oldest = 7;
