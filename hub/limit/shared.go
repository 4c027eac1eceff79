package limit

import "net/netip"

// Shared counts tries over all nodes. Both methods answer within 50 ms; ok is
// false when nobody can be asked just now, and then each node's own count is what
// there is.
type Shared interface {
	// Add counts one more try for each name and gives how many each has had
	// within the last minute, this one included.
	Add(names []string) (counts []float64, ok bool)
	// Count gives how many each name has had.
	Count(names []string) (counts []float64, ok bool)
}

// everybody is the name under which all tries are counted together.
const everybody = "everybody"

func namesOf(a netip.Addr) []string {
	nets, n := networks(a)
	names := make([]string, n, n+1)
	for i := range n {
		names[i] = nets[i].String()
	}
	return names
}

// spentAnywhere says whether the address's networks have spent their allowance
// over all nodes.
func (t *Tries) spentAnywhere(a netip.Addr) bool {
	if t.Shared == nil {
		return false
	}
	counts, ok := t.Shared.Count(namesOf(a))
	if !ok {
		return false
	}
	for i, count := range counts {
		if limit := t.PerMinute.at(i); limit > 0 && count >= float64(limit) {
			return true
		}
	}
	return false
}

// failedAnywhere counts a failure over all nodes; false when everybody's
// allowance was spent already.
func (t *Tries) failedAnywhere(a netip.Addr) bool {
	if t.Shared == nil {
		return true
	}
	names := append(namesOf(a), everybody)
	counts, ok := t.Shared.Add(names)
	return !ok || t.Everybody <= 0 || counts[len(names)-1] <= float64(t.Everybody)
}
