/**
 * What a person is told when the server says no, by its code. The server's own
 * sentences are plain English already; a code is here only where this page can
 * say more than the server knows. Another language has every code.
 */
export default {
  "no.busy": "The room is very busy just now. Please try again in a moment. Your words are kept here.",
  "no.unavailable": "We tried for a minute and could not save that. Please try again in a while.",
  "no.unavailable_words": "We tried for a minute and could not save your words. They are kept here, so you can send them when you are ready.",
  "no.too-long": "That is too long for one message. Please send it in two parts. Your words are kept here.",
};
