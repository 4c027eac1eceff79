package main

import (
	"io"
	"log/slog"

	"hearth/hub/quiet"
)

// newLog writes operators' lines, one JSON object each, by an allow-list. An example is for looking at, so unless told
// otherwise it leaves the screen to its links.
func newLog(to io.Writer, c config) *slog.Logger {
	level := c.level
	if c.example && !c.levelGiven {
		level = slog.LevelWarn
	}
	return slog.New(quiet.NewHandler(to, quiet.Options{JSON: true, Level: level}))
}
