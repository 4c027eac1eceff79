/** What a person is told when the server says no, by its code. Where a code is not here, the server's own sentence is shown. */
export default {
  "no.not-your-turn": "It is somebody else’s turn just now. Your words are kept here.",
  "no.busy": "The room is very busy just now. Please try again in a moment.",
  "no.unavailable": "We could not save that just now, so nothing has changed. Please try again.",
  "no.too-fast": "That was a little fast. Please wait a moment.",
  "no.too-long": "That is too long for one message. Please send it in two parts.",
  "no.offline": "You are not connected just now. Your words are kept here.",
};
