package web

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
)

// helplines serves the bundled helplines: GET /api/helplines. They need no
// seat, no cookie and no other service (practice §4).
func (s *Site) helplines(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Write(s.pages.helplines)
}

// Regions lists the regions that the bundled helplines cover, in the order in
// which they come.
func Regions(static fs.FS) ([]string, error) {
	data, err := fs.ReadFile(static, "helplines.json")
	if err != nil {
		return nil, fmt.Errorf("read the helplines: %w", err)
	}
	var bundled struct {
		Helplines []struct {
			Region string `json:"region"`
		} `json:"helplines"`
	}
	if err := json.Unmarshal(data, &bundled); err != nil {
		return nil, fmt.Errorf("read the helplines: %w", err)
	}
	var regions []string
	for _, line := range bundled.Helplines {
		if line.Region != "" && !slices.Contains(regions, line.Region) {
			regions = append(regions, line.Region)
		}
	}
	return regions, nil
}
