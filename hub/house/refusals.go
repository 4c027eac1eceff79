package house

import "hearth/room"

// Refusals that callers compare with. Each is one value, so errors.Is works.
var (
	// RefuseLink is the one answer for a link that is unknown, expired, revoked
	// or used up (walls §2.2, 2): it must not tell which.
	RefuseLink = &room.Refusal{Code: "link", Say: "This link does not open a door just now. It may be old, or somebody made a newer one. Please ask the person who sent it to you."}
	// RefuseOften is for a network that takes seats of an open link too often.
	RefuseOften = &room.Refusal{Code: "slow-down", Say: "This link was opened many times from your network just now. Please wait a minute and open it again."}
	// RefuseMissing is for an id that leads nowhere, or nowhere for this person.
	RefuseMissing = &room.Refusal{Code: "not-found", Say: "There is nothing here, or nothing you can see."}

	refuseDraftChanged = &room.Refusal{Code: "draft-changed", Say: "The draft has changed since you read it. Please read it once more before you adopt it."}
	refuseAdoptFirst   = &room.Refusal{Code: "adopt-first", Say: "This group has no charter yet. Adopt one first, so that people know what they are agreeing to."}
	refuseOtherName    = &room.Refusal{Code: "other-name", Say: "That is not the name of this group. Nothing was deleted."}
	refuseGroupLive    = &room.Refusal{Code: "group-live", Say: "A session of this group is under way. Please end it first."}
	refuseRunning      = &room.Refusal{Code: "session-running", Say: "This session has begun. Its plan stays as it is."}
	refuseFewer        = &room.Refusal{Code: "seats-fewer", Say: "There are more personal links than that. Revoke some first, or keep more seats."}
	refuseLabel        = &room.Refusal{Code: "label", Say: "Please keep the label to one line of up to 40 letters. Hidden signs, which copying can bring along, cannot stay."}
	refuseQR           = &room.Refusal{Code: "qr", Say: "A code can be made of a link of this house only."}
	refuseOver         = &room.Refusal{Code: "over", Say: "This session is over."}
	refuseHaveOne      = &room.Refusal{Code: "have-one", Say: "There is one of these already. You can make it new, or revoke it first."}
	refuseFull         = &room.Refusal{Code: "full", Say: "There is a link for every seat already."}
	refuseLinkOver     = &room.Refusal{Code: "link-over", Say: "This link was revoked. You can make a new one."}

	refuseName         = &room.Refusal{Code: "name", Say: "Please give the group a name of one line, up to 60 letters. Hidden signs, which copying can bring along, cannot stay."}
	refuseTemplate     = &room.Refusal{Code: "template", Say: "Please choose one of the starting points on the list."}
	refusePolicy       = &room.Refusal{Code: "policy", Say: "Please choose what happens when someone may be in danger: ask first, or a duty to act."}
	refuseRegion       = &room.Refusal{Code: "region", Say: "Please choose a region from the list, so that the right helplines come first."}
	refuseContact      = &room.Refusal{Code: "contact", Say: "Please give a contact of one line, up to 200 letters: people write to it when they disagree or need an answer. Hidden signs, which copying can bring along, cannot stay."}
	refuseTitle        = &room.Refusal{Code: "title", Say: "Please give the session a neutral title of one line, up to 60 letters. Hidden signs, which copying can bring along, cannot stay."}
	refuseStart        = &room.Refusal{Code: "start", Say: "Please choose a start between now and a year from now."}
	refuseSeats        = &room.Refusal{Code: "seats", Say: "A session has 2 to 12 seats."}
	refuseParticipants = &room.Refusal{Code: "participants", Say: "There can be one personal link for each seat, and no more."}
	refusePhases       = &room.Refusal{Code: "phases", Say: "The parts of a session come in their usual order, each once, with 1 to 180 minutes and a format we know."}
	refuseKind         = &room.Refusal{Code: "kind", Say: "A link is for one person, for the lead, for wellbeing, for a trainee, or open."}
)
