package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"hearth/hub/house"
	"hearth/hub/web"
	"hearth/static"
)

// The list of helplines lives in the store and not in a file, so that it is one
// list for several nodes, goes into every backup and comes along in a move. A
// file is how somebody brings a list of their own: hearth takes it in at a start
// and renames it, so that later changes on the organiser's page are not undone.
const (
	helplinesFile  = "helplines.json"
	helplinesTaken = "helplines.json.taken"
)

// openHelplines puts the shipped list into a new house, and takes in a file that
// somebody has put into the data folder. A file that is wrong is refused with a
// sentence about its row, and nothing has changed.
func (h *hearth) openHelplines(ctx context.Context) error {
	shipped, err := web.Shipped(static.FS)
	if err != nil {
		return err
	}
	if err := h.house.SeedHelplines(ctx, shipped); err != nil {
		return err
	}
	if h.cfg.folder() == "" {
		return nil
	}
	path := filepath.Join(h.cfg.data, helplinesFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	list, err := house.ReadHelplines(data, time.Now())
	if err != nil {
		return fmt.Errorf("%s: %w; put it right or take it away", path, err)
	}
	if err := h.house.TakeHelplines(ctx, list); err != nil {
		return fmt.Errorf("take in %s: %w", path, err)
	}
	if err := os.Rename(path, filepath.Join(h.cfg.data, helplinesTaken)); err != nil {
		return fmt.Errorf("note that %s was taken in: %w", path, err)
	}
	h.log.Info("took in the helplines of a file", "count", len(list))
	return nil
}
