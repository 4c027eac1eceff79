package replica

import (
	"encoding/json"
	"fmt"

	"hearth/hub/journal/kept"
)

// message is what nodes say to each other on a room's channel.
type message struct {
	T    string `json:"t"` // one of the kinds below
	Node string `json:"node"`
	To   string `json:"to,omitempty"`  // live: who had asked
	Ask  uint64 `json:"ask,omitempty"` // ask: counts those of its author. live: which one is answered

	// batch: what was decided, and where it belongs. live: up to where the facts
	// go. ask and mark: where the node stands. Chain is what has been applied so
	// far (for a batch: before it), in short.
	Stream string `json:"stream,omitempty"`
	Pos    int64  `json:"pos,omitempty"`
	Chain  uint64 `json:"chain,omitempty"`

	batch

	// live: everything passing at one point of the stream. ask: the last row that the
	// node holds
	Form    int64           `json:"form,omitempty"`
	Live    json.RawMessage `json:"live,omitempty"`
	Luggage json.RawMessage `json:"luggage,omitempty"`
	Doubt   doubt           `json:"doubt,omitempty"`
	Named   []named         `json:"named,omitempty"` // which command each of the last words came of

	IDs []string `json:"ids,omitempty"` // miss, live: of words that the node has not been told

	Since int64 `json:"since,omitempty"` // ask: when the node last heard the others, in Unix nanoseconds
	Blank bool  `json:"blank,omitempty"` // ask: the node knows nothing of the room yet

	Note json.RawMessage `json:"note,omitempty"` // note
}

// batch is what was decided.
type batch struct {
	N       uint64            `json:"n,omitempty"` // counts the batches of its author
	Now     int64             `json:"now,omitempty"`
	After   int64             `json:"after,omitempty"` // the form it was decided on
	Rows    []kept.CommandKey `json:"rows,omitempty"`  // the key of each event that is a row
	Key     *kept.CommandKey  `json:"key,omitempty"`   // of a command without a row
	Frame   int64             `json:"frame,omitempty"`
	Late    bool              `json:"late,omitempty"`
	Events  json.RawMessage   `json:"events,omitempty"`
	Unheard bool              `json:"unheard,omitempty"` // late: the people of the author's node have not been shown all of it
}

// The kinds of messages.
const (
	kindBatch = "batch"
	kindAsk   = "ask"  // tell me what is passing
	kindLive  = "live" // this is
	kindBye   = "bye"  // the node has put the room down
	kindNote  = "note" // something beside the stream
	kindMark  = "mark" // this is where I stand
	kindMiss  = "miss" // I have not been told these words
)

func (m *message) write() ([]byte, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write to the other nodes: %w", err)
	}
	return b, nil
}

func read(b []byte) (*message, error) {
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("read what another node says: %w", err)
	}
	return &m, nil
}

// publish sends a message as this node's.
func (r *Replica) publish(m *message) error {
	m.Node = r.node
	b, err := m.write()
	if err != nil {
		return err
	}
	return r.world.Publish(b)
}
