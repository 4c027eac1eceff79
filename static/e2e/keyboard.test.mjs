import { test } from "node:test";
import { keys } from "./hands.mjs";
import { wholeSession } from "./session.mjs";

test("one whole session by keys alone", { timeout: 600_000 }, (t) => wholeSession(t, keys, false));
