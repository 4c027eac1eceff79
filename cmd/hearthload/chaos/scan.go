package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"hearth/cmd/hearthload/canary"
)

// Scan ends all servers in order and looks for words in everything they leave:
// PostgreSQL's data and write-ahead log, Redis's append-only file and snapshot,
// the nodes' folders and logs (A02; must be none).
func (g *Ground) Scan(ctx context.Context) (Figures, error) {
	said := 0
	g.markMu.Lock()
	said = len(g.marks)
	g.markMu.Unlock()
	g.stop()
	for _, n := range g.Nodes {
		if n.Running() {
			if _, err := n.Term(ctx); err != nil {
				return nil, fmt.Errorf("end node %s: %w", n.Name, err)
			}
		}
	}
	if err := g.PG.Stop(); err != nil {
		return nil, fmt.Errorf("stop PostgreSQL: %w", err)
	}
	places := map[string]string{"PostgreSQL": g.PG.Folder()}
	if g.Redis != nil {
		if _, err := g.Redis.Say("SAVE"); err != nil {
			return nil, err
		}
		wait(ctx, 1100*time.Millisecond) // the append-only file is written once a second
		g.Redis.Kill()
		places["Redis"] = g.Redis.Folder()
	}
	for _, n := range g.Nodes {
		places["node "+n.Name] = filepath.Join(g.dir, n.Name)
		places["log of "+n.Name] = n.srv.Log
	}
	figures := Figures{AtLeast("texts sent", said, 1)}
	hits := 0
	for where, path := range places {
		found, size, err := look(path)
		if err != nil {
			return nil, fmt.Errorf("look through %s: %w", where, err)
		}
		hits += len(found)
		for _, f := range found {
			g.sayf("a word was found: %s", f)
		}
		figures = append(figures, Told(where, fmt.Sprintf("%.1f MiB", float64(size)/(1<<20))))
	}
	return append(figures, Count("found on disk", hits, 0)), nil
}

// look searches a file or a folder for what begins every text that was sent.
func look(path string) ([]string, int64, error) {
	var cage canary.Cage
	cage.Keep(canary.Word, "somebody's words", markBegins)
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if info.IsDir() {
		return cage.FindInFolder(path, canary.Word)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	var hits []string
	for range cage.Find(b, canary.Word) {
		hits = append(hits, filepath.Base(path))
	}
	return hits, int64(len(b)), nil
}
