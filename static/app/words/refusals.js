/**
 * What a person is told when the server says no, by its code. The server's own
 * sentences are plain English already; a code is here only where this page can
 * say more than the server knows. Another language has every code.
 */
export default {
  "no.busy": "The room is very busy just now. Please try again in a moment. Your words are kept here.",
  "no.unavailable": "We tried for a minute and could not save that. Please try again in a while.",
  "no.unavailable_words": "We tried for a minute and could not save your words. They are kept here, so you can send them when you are ready.",
  "no.unreadable": "The server could not read that, so it was not sent. What you wrote is kept here. Please change it a little and send it again.",
  "no.too-long": "That is too long for one message. Please send it in two parts. Your words are kept here.",
};
