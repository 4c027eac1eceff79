package room

// Mode is how the people of a session reach each other, as it was planned. The zero
// Mode is [InWriting]. One that this version does not know gives people nothing
// beside writing.
type Mode string

// InWriting is by words that are typed, alone.
const InWriting Mode = "text"

// Media is what people of a session use of their devices beside the keyboard. The
// zero Media is nothing: what a browser may ask for follows from it.
type Media struct {
	Microphone bool
	Camera     bool
}

// modes is what each mode uses.
var modes = map[Mode]Media{
	InWriting: {},
}

// Known is the mode, or [InWriting] for one that this version does not know.
func (m Mode) Known() Mode {
	if _, ok := modes[m]; ok {
		return m
	}
	return InWriting
}

// Media is what people of a session in this mode use.
func (m Mode) Media() Media { return modes[m] }

// AllMedia is what the people of any session may use: pages are the same for all.
func AllMedia() (all Media) {
	for _, m := range modes {
		all.Microphone = all.Microphone || m.Microphone
		all.Camera = all.Camera || m.Camera
	}
	return all
}
