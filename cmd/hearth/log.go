package main

import (
	"io"
	"log/slog"
)

// newLog writes operators' lines. An example is for looking at, so unless told
// otherwise it leaves the screen to its links.
func newLog(to io.Writer, c config) *slog.Logger {
	level := c.level
	if c.example && !c.levelGiven {
		level = slog.LevelWarn
	}
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level}))
}
