package room

import (
	"errors"
	"slices"
)

// ErrUnknownVerb means that no browser may send such a command.
var ErrUnknownVerb = errors.New("room: unknown verb")

// verbs reads each command that may come from a browser.
var verbs = map[string]func(func(any) error) (Command, error){
	"knock": read[Knock], "greet": read[Greet], "admit": read[Admit], "to-lobby": read[ToLobby], "door": read[SetDoor],
	"rename": read[Rename], "prefs": read[Prefs], "step-out": read[StepOut], "come-back": read[ComeBack],
	"leave": read[Leave], "ask-break": read[AskBreak], "line": read[Line],
	"take": read[Take], "later": read[Later], "pass": read[Pass], "moment": read[HoldTurn], "undo-pass": read[UndoPass],
	"yield": read[Yield], "still": read[Still], "share": read[Share], "take-back": read[TakeBack], "take-back-all": read[TakeBackAll],
	"invite": read[InviteReplies], "close-replies": read[CloseReplies], "hand": read[Hand], "rounds-please": read[RoundsPlease],
	"phase": read[MovePhase], "begin": read[Begin], "end-format": read[EndFormat], "more-time": read[GiveTime],
	"finish-thought": read[FinishThought], "we-will-come-back": read[WeWillComeBack], "process": read[Process],
	"end": read[End], "seen": read[SeenLine], "pace": read[Pace], "swap": read[Swap], "carry-on": read[CarryOn],
	"remind": read[Remind], "nudge": read[Nudge], "pause": read[Pause], "quiet": read[Quiet], "unquiet": read[Unquiet],
	"remove": read[Remove], "confirm-remove": read[ConfirmRemove], "drop-remove": read[DropRemove], "urgent-door": read[UrgentDoor],
}

func read[T Command](decode func(any) error) (Command, error) {
	var c T
	if err := decode(&c); err != nil {
		return nil, err
	}
	return c, nil
}

// ReadCommand reads the command of a verb. decode gets a pointer to the
// command's struct and fills it in; its error is returned as it is. The command
// comes back as a value (Share, not *Share). A verb that no browser may send
// gives [ErrUnknownVerb] and decode is not called.
func ReadCommand(verb string, decode func(into any) error) (Command, error) {
	read, ok := verbs[verb]
	if !ok {
		return nil, ErrUnknownVerb
	}
	return read(decode)
}

// Verbs lists the verbs that a browser may send, sorted.
func Verbs() []string {
	list := make([]string, 0, len(verbs))
	for v := range verbs {
		list = append(list, v)
	}
	slices.Sort(list)
	return list
}
