/**
 * What a person is told when the server says no, by its code. The server's own
 * sentences are plain English already; a code is here only where this page can
 * say more than the server knows. Another language has every code.
 */
export default {
  "no.busy": "The room is very busy just now. Please try again in a moment. Your words are kept here.",
  "no.unavailable": "We could not save that just now, so nothing has changed. Please try again.",
  "no.too-long": "That is too long for one message. Please send it in two parts. Your words are kept here.",
};
