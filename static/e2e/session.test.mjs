import { test } from "node:test";
import { pointer } from "./hands.mjs";
import { wholeSession } from "./session.mjs";

test("one whole session by pointer, axe on every screen", { timeout: 420_000 }, (t) => wholeSession(t, pointer, true));
