package runtime

import (
	"errors"
	"testing"

	"hearth/room"
)

// A room that is being read back has no state: nobody is shown one, and nothing
// breaks over it.
func TestNobodyLooksAtARoomThatIsReadBack(t *testing.T) {
	n := NewNode(Config{}, func(*Room) {})
	t.Cleanup(n.Stop)
	err := n.NewRoom("s").Look(t.Context(), func(*room.State) { t.Error("there was something to see") })
	if !errors.Is(err, errUnfinished) {
		t.Errorf("got %v", err)
	}
}
