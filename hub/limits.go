package hub

import "time"

// Rate is a token bucket. The zero Rate means the default of its field; a
// negative PerSecond switches the limit off (load runs only).
type Rate struct {
	PerSecond float64
	Burst     int
}

// Off is a Rate that limits nothing.
var Off = Rate{PerSecond: -1}

// Limits are the walls of one node (walls §2.4). A zero field means its default.
type Limits struct {
	Commands Rate          // commands of one socket; 2/s, burst 20
	Words    Rate          // of these, commands that carry words; 1/s, burst 5
	Room     Rate          // commands of one room; 50/s, burst 50
	Strikes  int           // excesses within StrikeIn that are only answered; the next closes with 1008; 3
	StrikeIn time.Duration // 10 s
	Mailbox  int           // commands that wait for one room; 1,024. More: "busy"
	PerConn  int           // of these, from one socket; 32
	Sockets  int           // of one seat; 3. One more closes the oldest with 4009
	HelloIn  time.Duration // a socket says hello within; 5 s
	Ring     int           // frames kept of one room for resuming; 512
}
