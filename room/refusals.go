package room

// Every reason for which the room says no. Codes are stable; sentences are for
// people, and the browser may word them from its own catalogue. They are shared:
// nobody writes to them.
var (
	// The session itself.
	notOpen       = &Refusal{"not-open", "This session has not been opened yet."}
	alreadyOpen   = &Refusal{"already-open", "This session is open already."}
	sessionOver   = &Refusal{"session-over", "This session is over. Thank you for being here."}
	noSuchCommand = &Refusal{"unknown-command", "That is not something this room knows."}
	noSuchSeat    = &Refusal{"no-such-seat", "That person is not here just now."}

	// Who may.
	notInside        = &Refusal{"not-inside", "You can do that once you are in the room."}
	facilitatorsOnly = &Refusal{"facilitators-only", "The facilitators look after that."}
	leadOnly         = &Refusal{"lead-only", "Whoever leads looks after that. You can offer to swap."}
	noFacilitatorYet = &Refusal{"no-facilitator-yet", "Nobody who facilitates is in the room yet."}
	unknownRole      = &Refusal{"unknown-role", "This link is for something that this room does not know. Please ask the person who sent it to you."}
	traineeQuiet     = &Refusal{"trainee-quiet", "Today you are here to listen and learn. You can write to wellbeing on your line."}

	// The door.
	nameNeeded        = &Refusal{"name-needed", "Please choose a name to be called by today."}
	nameTaken         = &Refusal{"name-taken", "That name is too close to one that is in use today. Please choose another."}
	answerNeeded      = &Refusal{"answer-needed", "Please read the charter, then say that you agree or that you have a concern."}
	charterChanged    = &Refusal{"charter-changed", "The charter has changed. Please read it once more."}
	unknownNeed       = &Refusal{"unknown-need", "Please choose access needs from the list, or tell wellbeing on your line."}
	facilitatorsAgree = &Refusal{"facilitators-agree", "Whoever facilitates needs to agree to the charter first."}
	alreadyInside     = &Refusal{"already-inside", "You are in already."}
	removedToday      = &Refusal{"removed-today", "You cannot come back in today. Your goodbye page says what happens next."}
	linkClosed        = &Refusal{"link-closed", "This link is closed. Please ask for a new one."}
	seatMoved         = &Refusal{"seat-moved", "Your seat went with you to another device. Please open your link again on this one."}
	notWaiting        = &Refusal{"not-waiting", "That person is not waiting at the door."}
	greetFirst        = &Refusal{"greet-first", "Please greet them first, so that they meet a person and not a door."}
	doorLocked        = &Refusal{"door-locked", "The door is locked. Unlock it first if you want to let somebody in."}
	closingNow        = &Refusal{"closing-now", "The session is closing. Nobody new comes in now."}
	roomFull          = &Refusal{"room-full", "Every seat is taken just now."}
	sessionRunning    = &Refusal{"session-running", "The session has begun. Changes of the charter or the plan wait for the next one."}

	// Phases and formats.
	notLaterPhase = &Refusal{"not-later", "Phases only move forward."}
	endAsks       = &Refusal{"end-asks", "Moving on never ends the session. Use End the session; it asks first."}
	closeFirst    = &Refusal{"close-first", "Please move to closing first, so that everybody can say goodbye."}
	notEnough     = &Refusal{"not-enough", "Two members and a facilitator need to be in before you begin."}
	noWellbeing   = &Refusal{"no-wellbeing", "After-care needs somebody who looks after wellbeing to stay."}
	notStarted    = &Refusal{"not-started", "That can wait until the session has begun."}
	unknownFormat = &Refusal{"unknown-format", "There is no such way of taking turns."}
	noFormat      = &Refusal{"no-format", "There is nothing to end just now."}
	minutesRange  = &Refusal{"minutes-range", "Please choose a length within the range."}
	paceRange     = &Refusal{"pace-range", "Please choose a pace from 5 to 120 seconds."}
	notOpenFloor  = &Refusal{"not-open-floor", "That belongs to an open floor."}
	noQueue       = &Refusal{"no-queue", "Hands are not being taken just now."}

	// Turns and words.
	notYourTurn       = &Refusal{"not-your-turn", "It is somebody else's turn just now. Your words are kept here."}
	noFloor           = &Refusal{"no-floor", "The facilitators have the room just now. Your words are kept here."}
	silenceNow        = &Refusal{"silence", "We are keeping a silence together. Your words are kept here."}
	pausedNow         = &Refusal{"paused", "We are taking a short pause. Your words are kept here."}
	heldNow           = &Refusal{"held", "The room is held until a facilitator carries on. Your words are kept here."}
	quietTime         = &Refusal{"quiet-time", "You are in quiet time. You can still read, write on your line, or leave."}
	listeningOn       = &Refusal{"listening", "You are set to just listening. Switch it off when you would like to speak."}
	takeFirst         = &Refusal{"take-first", "Take your turn first, whenever you are ready."}
	noOffer           = &Refusal{"no-offer", "There is no turn waiting for you just now."}
	noTurn            = &Refusal{"no-turn", "There is no turn just now that this belongs to."}
	turnRunning       = &Refusal{"turn-running", "Somebody has the floor. Please wait until they are done."}
	yoursAlready      = &Refusal{"yours-already", "Your turn is here already."}
	nothingToUndo     = &Refusal{"nothing-to-undo", "That turn cannot be asked for again any more."}
	nothingToComeBack = &Refusal{"nothing-to-come-back-to", "That person has no turn to come back to in this round."}
	timersOff         = &Refusal{"timers-off", "There is no clock on this turn, so there is all the time they need."}
	tooSoon           = &Refusal{"too-soon", "A little slower, please: leave a moment between your messages."}
	rowFull           = &Refusal{"row-full", "Please leave room for somebody else before you write again."}
	repliesOpen       = &Refusal{"replies-open", "You asked for replies. Close them if you would like to move on."}
	noReplies         = &Refusal{"no-replies", "No replies are open just now."}
	noCrosstalk       = &Refusal{"no-crosstalk", "In this part we listen without replying."}
	unknownInvite     = &Refusal{"unknown-invite", "There is no such kind of reply."}
	emptyText         = &Refusal{"empty", "There are no words in that yet."}
	tooLong           = &Refusal{"too-long", "That is too long for one message. Could you send it in parts?"}
	notYourWords      = &Refusal{"not-your-words", "You can take back your own words only."}

	// Care.
	notYourself        = &Refusal{"not-yourself", "That is for somebody else, not for yourself."}
	notForFacilitators = &Refusal{"not-for-facilitators", "That is not for facilitators. Please talk with each other, or with your supervisor."}
	principleNeeded    = &Refusal{"principle-needed", "Please say which line of the charter this rests on."}
	reasonNeeded       = &Refusal{"reason-needed", "Please choose a reason from the list."}
	needsSecond        = &Refusal{"needs-second", "This needs two facilitators. If it is urgent, you can act alone and say so."}
	needsOther         = &Refusal{"needs-other", "The other facilitator needs to confirm this."}
	noRemoval          = &Refusal{"no-removal", "Nothing is waiting to be confirmed for that person."}
	removalWaiting     = &Refusal{"removal-waiting", "Another removal is waiting to be confirmed. Please settle that one first."}
	notQuiet           = &Refusal{"not-quiet", "That person is not in quiet time."}
	nothingToCarryOn   = &Refusal{"nothing-to-carry-on", "Nothing is held or paused just now."}
	aloneHere          = &Refusal{"alone", "There is nobody to swap with just now."}
)
