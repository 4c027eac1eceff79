// A connection without a network: a clock moved by hand, and sockets whose other end is the test.
import { Connection } from "../app/connection.js";
import { Clock } from "./clock.js";

/** A server's side of each socket that the connection opens. */
export function scene(random = () => 0.5) {
  const clock = new Clock();
  const s = { clock, sockets: [], frames: [], answers: [], links: [], unsaved: [], times: [], ids: 0 };
  s.connection = new Connection({
    open: () => {
      const socket = { sent: [], closed: 0, send: (m) => socket.sent.push(JSON.parse(m)), close: (code) => { socket.closed = code || 1000; } };
      s.sockets.push(socket);
      return socket;
    },
    now: clock.now, after: clock.after, cancel: clock.cancel, random, uuid: () => `id-${++s.ids}`,
    onFrame: (f, same) => s.frames.push({ ...f, same }), onAnswer: (id, a, c) => s.answers.push([id, a.t, c.do]), onUnsaved: (id) => s.unsaved.push(id), onLink: (l) => s.links.push(l), onTime: (now) => s.times.push(now),
  });
  s.socket = () => s.sockets[s.sockets.length - 1];
  s.up = () => s.socket().onopen();
  s.say = (...frames) => s.socket().onmessage({ data: frames.map((f) => JSON.stringify(f)).join("\n") });
  s.end = (code, reason = "") => s.socket().onclose({ code, reason });
  s.hello = (seq = 10, resume = "r1") => s.say({ t: "hello", v: 1, epoch: "e", seq, now: 0, resume, me: {}, room: {}, care: null });
  s.begin = () => { s.connection.start(); s.up(); s.hello(); };
  return s;
}
