package quiet

// kind says what a key may hold.
type kind uint8

const (
	fact  kind = iota + 1 // a number, a word of this program, an error
	own                   // something the operator set, which may be an address of this machine
	trace                 // where in the program; longer than other values
	group                 // a group of keys
)

// keys are the attribute keys that reach the log. A key is here because its
// values say nothing about a person; whoever adds one must be able to say why.
var keys = map[string]kind{
	"err":      fact,  // what failed, cleared of addresses and tokens
	"what":     fact,  // what was being done, in words of this program
	"why":      fact,  // a reason from a closed list
	"code":     fact,  // stable code of a refusal or a close
	"type":     fact,  // a Go type
	"stack":    trace, // goroutine stack; it shows pointers, never what they point to
	"session":  own,   // a session's random id: opens nothing, names nobody
	"method":   fact,  // HTTP method from a closed list
	"route":    fact,  // pattern of the route, never the path
	"status":   fact,  // HTTP status
	"ms":       fact,  // how long it took
	"took":     fact,  // the same, as a duration
	"wait":     fact,  // how long until it is tried again
	"attempt":  fact,  // how often it was tried
	"count":    fact,  // how many
	"rooms":    fact,  // how many rooms
	"sockets":  fact,  // how many sockets
	"bytes":    fact,  // how long
	"origin":   fact,  // see Origin: a network under a key of one day
	"signal":   fact,  // signal of the operating system
	"version":  fact,  // version of this program
	"revision": fact,  // source revision it was built from
	"go":       fact,  // version of Go it was built with
	"level":    fact,  // log level
	"listen":   own,   // address this machine listens on
	"ops":      own,   // address of the operators' listener
	"public":   own,   // public URL
	"data":     own,   // data folder
	"flag":     own,   // name of a setting
	"store":    group, // about the store
	"build":    group, // about the program
}
