package runtime

import "hearth/room"

// This package's own refusals; the rules' refusals come from package room.
var (
	refuseBusy        = &room.Refusal{Code: "busy", Say: "A lot is happening in the room. Please try again in a moment."}
	refuseSlowDown    = &room.Refusal{Code: "slow-down", Say: "That was very fast. Please wait a moment and try again."}
	refuseUnavailable = &room.Refusal{Code: "unavailable", Say: "This could not be kept safe just now. Please try again in a moment."}
	refuseNotText     = &room.Refusal{Code: "not-text", Say: "That did not arrive as text. Please type it again."}
	refuseUnknown     = &room.Refusal{Code: "bad-command", Say: "This page asked for something the room does not know. Reloading it may help."}
	refuseBroken      = &room.Refusal{Code: "broken", Say: "Something went wrong on our side with this. The room goes on without it."}
	refuseHello       = &room.Refusal{Code: "bad-hello", Say: "This page and the room do not speak the same language. Reloading it may help."}
)
