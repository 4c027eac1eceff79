package room

import "slices"

// Role is what a seat may do. It never follows from who came first.
type Role string

// The roles that sit in a live room (practice §2.5).
const (
	Participant Role = "participant"
	Lead        Role = "lead"      // holds the floor: phases, time, format
	Wellbeing   Role = "wellbeing" // holds the door and looks after people
	Trainee     Role = "trainee"   // a visible, silent seat (practice §7, Observe)
)

// Powers are what a role may ever do and see: room, hub, wire and client ask
// them, and nothing is decided by the name of a role (S14). The zero value may
// do nothing: that is every role which the table does not know.
type Powers struct {
	Name   Role `json:"name"`
	Knocks bool `json:"-"`                // may ask to come in, and leave
	Member bool `json:"member,omitempty"` // the group is for them: takes one of the plan's seats, has a personal link
	Speaks bool `json:"speaks,omitempty"` // may be offered turns and say words to the room
	Tools  bool `json:"tools,omitempty"`  // may hold a facilitator's tools, and see the record afterwards
	Floor  bool `json:"floor,omitempty"`  // Tools: holds those of the floor where it can, else those of the door
}

// roles is the table, in the order in which people are told of them.
var roles = [...]Powers{
	{Name: Lead, Knocks: true, Speaks: true, Tools: true, Floor: true},
	{Name: Wellbeing, Knocks: true, Speaks: true, Tools: true},
	{Name: Trainee, Knocks: true},
	{Name: Participant, Knocks: true, Speaks: true, Member: true},
}

// Roles are the powers of every role there is.
func Roles() []Powers { return slices.Clone(roles[:]) }

// Powers are those of a role; none for a role that there is not.
func (r Role) Powers() Powers {
	for i := range roles {
		if roles[i].Name == r {
			return roles[i]
		}
	}
	return Powers{}
}

// RoleNamed gives the role of a name, as one of the constants; false, and a role
// that may do nothing, for any other.
func RoleNamed(name string) (Role, bool) {
	p := Role(name).Powers()
	return p.Name, p.Name != ""
}
