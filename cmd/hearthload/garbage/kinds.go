package garbage

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"

	"hearth/cmd/hearthload/drive"
)

// who sends a kind.
type who byte

const (
	participant who = iota // inside the room
	wellbeing              // inside the room
	stranger               // has a socket but has not said hello
)

// kind is one sort of garbage.
type kind struct {
	name string
	who  who
	// each is how many pieces go out on one connection; 1 when the first ends it.
	each int
	// want lists the close codes that are right. Empty: the connection stays,
	// and every piece is refused.
	want []int
	make func(r *rand.Rand, f foreign) []byte
}

// foreign are things of another room.
type foreign struct {
	seats []string
	own   string // the attacker's own seat
}

// what the strikes rule allows: three malformed commands are answered, the
// fourth closes (walls §2.4).
const struck = 4

func kinds() []kind {
	return append(append(append(framing(), messages()...), commands()...), meanings()...)
}

// framing is broken below the message.
func framing() []kind {
	one := func(name string, want int, build func(r *rand.Rand) wire) kind {
		return kind{name, participant, 1, []int{want}, func(r *rand.Rand, _ foreign) []byte { return build(r).bytes() }}
	}
	ok := []byte(`{"do":"hand","id":"` + drive.NewID() + `","up":true}`)
	return []kind{
		one("reserved opcode", 1002, func(r *rand.Rand) wire {
			return wire{op: []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15}[r.IntN(10)], payload: ok}
		}),
		one("reserved bits", 1002, func(r *rand.Rand) wire { return wire{op: opText, rsv: byte(1 + r.IntN(7)), payload: ok} }),
		one("not masked", 1002, func(*rand.Rand) wire { return wire{op: opText, bare: true, payload: ok} }),
		one("length 2^31 to 2^62", 1009, func(r *rand.Rand) wire {
			return wire{op: opText, announce: 1<<(31+r.IntN(32)) - uint64(r.IntN(2)), payload: make([]byte, 9000)}
		}),
		one("negative length", 1002, func(r *rand.Rand) wire { return wire{op: opText, announce: 1<<63 + r.Uint64N(1<<63), payload: ok} }),
		one("over 8 KiB", 1009, func(r *rand.Rand) wire {
			return wire{op: opText, payload: []byte(strings.Repeat("x", 8<<10+1+r.IntN(9000)))}
		}),
		one("binary", 1003, func(*rand.Rand) wire { return wire{op: opBinary, payload: ok} }),
		one("invalid close code", 1002, func(r *rand.Rand) wire {
			bad := []uint16{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}
			return wire{op: opClose, payload: binary.BigEndian.AppendUint16(nil, bad[r.IntN(len(bad))])}
		}),
		one("close with one byte", 1002, func(r *rand.Rand) wire { return wire{op: opClose, payload: []byte{byte(r.IntN(256))}} }),
		one("ping in pieces", 1002, func(*rand.Rand) wire { return wire{op: opPing, more: true, payload: []byte("x")} }),
		one("control frame over 125 bytes", 1002, func(r *rand.Rand) wire {
			return wire{op: opPing + byte(r.IntN(2)), payload: make([]byte, 126+r.IntN(200))}
		}),
		one("continuation of nothing", 1002, func(*rand.Rand) wire { return wire{op: opContinue, payload: ok} }),
		{"new message inside a message", participant, 1, []int{1002}, func(*rand.Rand, foreign) []byte {
			return append(wire{op: opText, more: true, payload: ok[:9]}.bytes(), frame(opText, ok)...)
		}},
		{"invalid UTF-8", participant, 1, []int{1007}, func(r *rand.Rand, _ foreign) []byte {
			bad := []string{"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}
			return text(`{"do":"share","id":"` + drive.NewID() + `","text":"` + bad[r.IntN(len(bad))] + `"}`)
		}},
	}
}

// messages are whole, but not one JSON object as we write them.
func messages() []kind {
	one := func(name string, build func(r *rand.Rand) string) kind {
		return kind{name, participant, 1, []int{1002}, func(r *rand.Rand, _ foreign) []byte { return text(build(r)) }}
	}
	return []kind{
		one("empty or broken JSON", func(r *rand.Rand) string {
			whole := command("hand", `"up":true`)
			bad := []string{"", " ", "{", "}", "hand", whole[:1+r.IntN(len(whole)-1)], strings.Replace(whole, ":", "", 1), whole[:len(whole)-1] + ",}"}
			return bad[r.IntN(len(bad))]
		}),
		one("not an object", func(r *rand.Rand) string {
			return []string{"[]", "1", `"hand"`, "null", "true", "[" + command("hand", `"up":true`) + "]"}[r.IntN(6)]
		}),
		one("nested too deep", func(r *rand.Rand) string {
			n := 9 + r.IntN(3000)
			return command("share", `"text":`+strings.Repeat("[", n)+strings.Repeat("]", n))
		}),
		one("repeated name", func(r *rand.Rand) string {
			return []string{command("hand", `"up":true,"up":true`), command("hand", `"up":true,"do":"yield"`),
				command("hand", `"up":true,"\u0075p":false`)}[r.IntN(3)]
		}),
		one("something after the object", func(r *rand.Rand) string {
			return command("hand", `"up":true`) + []string{"x", "{}", command("yield", ""), "\x00", "]"}[r.IntN(5)]
		}),
		one("broken number", func(r *rand.Rand) string {
			return command("pace", `"seconds":`+[]string{"NaN", "0x10", "01", "+1", "1.", ".5", "Infinity", "1e", "--1"}[r.IntN(9)])
		}),
	}
}

// commands are one JSON object each, but none of ours.
func commands() []kind {
	few := func(name string, build func(r *rand.Rand) string) kind {
		return kind{name, participant, struck, []int{1008}, func(r *rand.Rand, _ foreign) []byte { return text(build(r)) }}
	}
	return []kind{
		few("odd case", func(r *rand.Rand) string {
			return []string{strings.Replace(command("hand", `"up":true`), `"do"`, `"Do"`, 1), command("hand", `"Up":true`),
				command("hand", `"UP":true`), command("Hand", `"up":true`)}[r.IntN(4)]
		}),
		few("unknown name", func(r *rand.Rand) string {
			return command("hand", `"up":true,"`+[]string{"role", "seat", "at", "x", "__proto__", "form"}[r.IntN(6)]+`":"lead"`)
		}),
		few("number of a wrong kind", func(r *rand.Rand) string {
			return command("pace", `"seconds":`+[]string{"1e999", "1.5", "9223372036854775808", "-9223372036854775809", `"5"`, "true", "null", "[5]", "1e2"}[r.IntN(9)])
		}),
		few("value of a wrong kind", func(r *rand.Rand) string {
			return []string{command("hand", `"up":1`), command("hand", `"up":"true"`), command("hand", `"up":null`), command("hand", ""),
				command("share", `"text":{}`), command("prefs", `"listening":false,"needs":"more-time"`)}[r.IntN(6)]
		}),
		few("unknown verb, verb of the house", func(r *rand.Rand) string {
			return command([]string{"", "open", "tick", "restarted", "connected", "lost", "arrive", "shut", "revoke", "set-charter", "<script>", "h\u0430nd"}[r.IntN(12)], `"seat":"x"`)
		}),
		few("bad command id", func(r *rand.Rand) string {
			bad := []string{"", "1", strings.Repeat("a", 4000), "../../etc/passwd", "a b c d e f g h i j k l m n o p q r s", "\\u0000"}
			return fmt.Sprintf(`{"do":"hand","id":"%s","up":true}`, bad[r.IntN(len(bad))])
		}),
		{"bad hello", stranger, 1, []int{4400}, func(r *rand.Rand, _ foreign) []byte {
			return text([]string{`{"do":"hello"}`, `{"do":"hello","v":2}`, `{"do":"hello","v":"1"}`, `{"do":"hello","v":1,"seq":-1}`,
				`{"do":"hello","v":1,"role":"lead"}`, `{"do":"yield"}`, command("hand", `"up":true`), "{}", "x"}[r.IntN(9)])
		}},
	}
}

// meanings are proper commands that this person may not give now.
func meanings() []kind {
	const many = 20
	any := func(name string, from who, build func(r *rand.Rand, f foreign) string) kind {
		return kind{name, from, many, nil, func(r *rand.Rand, f foreign) []byte { return text(build(r, f)) }}
	}
	pick := func(r *rand.Rand, s []string) string { return s[r.IntN(len(s))] }
	return []kind{
		any("tools of another role", participant, func(r *rand.Rand, f foreign) string {
			own := `"seat":"` + f.own + `"`
			return pick(r, []string{command("admit", own), command("greet", own), command("to-lobby", own), command("door", `"locked":true`),
				command("phase", `"to":"closing"`), command("begin", `"format":"open"`), command("end-format", ""), command("more-time", ""),
				command("process", `"text":"x"`), command("pace", `"seconds":5`), command("swap", ""), command("carry-on", ""),
				command("quiet", own+`,"principle":"safety","reason":"hurtful"`), command("unquiet", own),
				command("remove", own+`,"principle":"safety","reason":"threat"`), command("urgent-door", `"reason":"raid"`)})
		}),
		any("seats of another room", wellbeing, func(r *rand.Rand, f foreign) string {
			seat := `"seat":"` + pick(r, append(f.seats, f.own+"x", "*", "../x")) + `"`
			return pick(r, []string{command("greet", seat), command("admit", seat), command("to-lobby", seat),
				command("nudge", seat+`,"principle":"equality"`), command("quiet", seat+`,"principle":"safety","reason":"hurtful"`),
				command("unquiet", seat), command("remove", seat+`,"principle":"safety","reason":"threat"`),
				command("confirm-remove", seat), command("line", strings.Replace(seat, "seat", "to", 1)+`,"text":"x"`)})
		}),
		any("out of turn", participant, func(r *rand.Rand, _ foreign) string {
			return pick(r, []string{command("take", ""), command("later", ""), command("pass", ""), command("moment", ""), command("undo-pass", ""),
				command("yield", ""), command("still", ""), command("share", `"text":"x"`), command("take-back", `"words":"w99999"`),
				command("invite", `"kind":"ideas"`), command("close-replies", ""), command("rounds-please", ""), command("come-back", "")})
		}),
		any("knocking inside", participant, func(r *rand.Rand, _ foreign) string {
			return command("knock", `"name":"Ann`+string(rune('a'+r.IntN(26)))+`","answer":"agree","digest":"`+strings.Repeat("0", 64)+`"`)
		}),
		any("unknown words of a closed list", wellbeing, func(r *rand.Rand, f foreign) string {
			own := `"seat":"` + f.own + `"`
			return pick(r, []string{command("quiet", own+`,"principle":"nothing","reason":"hurtful"`), command("quiet", own+`,"principle":"safety","reason":"because"`),
				command("quiet", own+`,"minutes":99999,"principle":"safety","reason":"hurtful"`), command("remind", `"principle":"nothing"`),
				command("begin", `"format":"shouting"`), command("begin", `"format":"silence","minutes":-5`)})
		}),
	}
}

// command writes a command with a fresh id.
func command(verb, fields string) string {
	if fields != "" {
		fields = "," + fields
	}
	return `{"do":"` + verb + `","id":"` + drive.NewID() + `"` + fields + `}`
}
