package charter

// Floor is the safety floor: what holds in every group, whatever its charter
// says (practice §6). It is shown with every charter, cannot be edited, and is
// not part of the digest, because no group decides on it. The slice is the
// caller's.
func Floor() []string {
	return []string{
		"You can pass, just listen, take a break or leave at any time. You never have to say why.",
		"Nobody may threaten, bully or harass anyone here, in any way.",
		"Nobody records. That means no pictures, no copies and no notes of what people say. hearth keeps no words either. We cannot stop a phone held up to a screen, so we ask you.",
		"Before you come in, you are told what happens if a life may be in danger. That plan is always easy to find.",
		"What is kept about you is small, and you can see it. How often you talk or pass is never counted.",
		"Help lines, the leave button and your rights stay in reach, whatever happens in the room.",
	}
}
