package room

// Refusal says why a command changed nothing. Code is stable and for programs;
// Say is one kind, plain English sentence for people. The browser client words
// refusals from its own catalogue by Code and falls back to Say.
type Refusal struct {
	Code string `json:"code"`
	Say  string `json:"say"`
}

// Error makes a Refusal usable as an error in tests and logs; it holds no words
// of any person.
func (r *Refusal) Error() string { return r.Code }

// CodeMoved is the code for a seat that has gone on to another device of its
// person; the link gives this device a new one.
const CodeMoved = "seat-moved"
