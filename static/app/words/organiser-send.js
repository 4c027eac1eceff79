/** Texts of handing a link on: notes, mail, codes. */
export default {
  "org.note.what": "note for {label}",
  "org.note.fold": "A note to send with it",
  "org.note.personal": "Hello! This is your link to “{title}” on {when}. It is for you alone, so please do not pass it on. Open it on the phone or computer you want to use that day. You can join a few minutes early.\n\n{url}",
  "org.note.lead": "Hello! This is your link to lead “{title}” on {when}. It is for you alone, so please do not pass it on. Please come a few minutes early.\n\n{url}",
  "org.note.wellbeing": "Hello! This is your link to look after people and the door in “{title}” on {when}. It is for you alone, so please do not pass it on. Please come a few minutes early, as nobody is let in before a facilitator is there.\n\n{url}",
  "org.note.trainee": "Hello! This is your link to be a trainee in “{title}” on {when}. You have a silent seat that everybody can see. The link is for you alone, so please do not pass it on.\n\n{url}",
  "org.note.open": "Hello! With this link you can come to “{title}” on {when}. You wait in a lobby first, and a facilitator greets you there. You can choose any name.\n\n{url}",
  "org.send.share": "Share",
  "org.send.mail": "Mail",
  "org.send.code": "Show a code",
  "org.send.code_hide": "Hide the code",
  "org.send.code_of": "QR code of the link: {label}",
  "org.send.code_about": "A phone’s camera opens the link from this code.",
};
