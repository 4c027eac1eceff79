//go:build failpoint

package fail

import (
	"hash/fnv"
	"slices"
	"sync"
	"time"
)

// clocks say when everybody in a list came into it, by a clock of their own that
// is up to two seconds wrong.
var clocks = struct {
	mu sync.Mutex
	of map[string]map[string]time.Time
}{of: map[string]map[string]time.Time{}}

// ByClock puts a room's list in the order of the clocks of those in it; who names
// them. The list itself stays as it is.
func ByClock[T any](room string, list []T, who func(T) string) []T {
	clocks.mu.Lock()
	defer clocks.mu.Unlock()
	was, now := clocks.of[room], make(map[string]time.Time, len(list))
	for _, x := range list {
		name := who(x)
		at, known := was[name]
		if !known {
			h := fnv.New32a()
			h.Write([]byte(name))
			at = time.Now().Add(time.Duration(h.Sum32()%2000) * time.Millisecond)
		}
		now[name] = at
	}
	clocks.of[room] = now
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b T) int { return now[who(a)].Compare(now[who(b)]) })
	return sorted
}
