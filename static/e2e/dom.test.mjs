// dom.js on a real page: what is drawn, what stays, and who keeps the focus.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { longest } from "../app/order.js";

test("a longest rising run", () => {
  assert.deepEqual(longest([]), []);
  assert.deepEqual(longest([-1, -1]), []);
  assert.deepEqual(longest([0, 1, 2]), [0, 1, 2]);
  assert.deepEqual(longest([2, 0, 1]), [1, 2]);
  assert.deepEqual(longest([5, -1, 1, 6, 2, 3]), [2, 4, 5]);
});

test("drawing: text, keys, listeners, focus", { timeout: 60_000 }, async (t) => {
  const server = await serve({ "/api/helplines": [] });
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  const page = await browser.newPage();
  await page.goto(server.url);
  /** Runs in the page with draw, h and a fresh root that counts what is put in. */
  const inPage = (name, play, check) => t.test(name, async () => {
    const got = await page.evaluate(async (text) => {
      const { draw, h } = await import("/app/dom.js");
      const root = document.createElement("div");
      document.body.append(root);
      let put = 0;
      const real = root.insertBefore.bind(root);
      root.insertBefore = (...a) => { put++; return real(...a); };
      // The page's policy forbids making code from text: the plays are in a table here.
      const list = (keys) => draw(root, keys.map((key) => h("button", { key }, key)));
      const read = () => [...root.children].map((e) => e.textContent).join("");
      const plays = {
        reorder: () => {
          list([..."abcdefgh"]);
          const before = [...root.children];
          root.children[3].focus();
          put = 0;
          list([..."habcdefg"]);
          const one = put;
          put = 0;
          list([..."hgabdcef"]);
          const kept = before.every((e) => [...root.children].includes(e));
          return { order: read(), one, more: put, focus: document.activeElement.textContent, kept };
        },
        focused: () => {
          const out = [];
          for (let seed = 1; seed < 200; seed++) {
            const keys = [..."abcdefghij"];
            list(keys);
            const on = keys[seed % 10];
            root.children[seed % 10].focus();
            let x = seed;
            const next = keys.filter((k) => k === on || (x = (x * 1103515245 + 12345) & 0x7fffffff) % 5).sort(() => ((x = (x * 1103515245 + 12345) & 0x7fffffff) % 3) - 1);
            if (seed % 3) next.splice(seed % next.length, 0, "new");
            list(next);
            if (read() !== next.join("") || document.activeElement.textContent !== on) out.push([seed, read(), next.join(""), document.activeElement.textContent]);
          }
          return out;
        },
        text: () => {
          draw(root, "a ", h("b", {}, "<i>"), null, false, "", 3, [["c"]]);
          const node = root.firstChild;
          draw(root, "z ", h("b", {}, "<i>"), 3, "c");
          return { html: root.textContent, tags: root.querySelectorAll("*").length, same: node === root.firstChild };
        },
        attributes: () => {
          draw(root, h("input", { class: "x", value: "one", disabled: true, "aria-label": "l", style: { "--x": "1" } }));
          const input = root.firstChild;
          draw(root, h("input", { value: "two" }));
          return { same: input === root.firstChild, has: [...input.attributes].map((a) => a.name).filter((n) => n !== "style"), value: input.value, disabled: input.disabled, style: input.style.length };
        },
        listeners: () => {
          const heard = [];
          const poke = () => root.firstChild.dispatchEvent(new Event("poke"));
          draw(root, h("p", { onpoke: () => heard.push(1) }));
          poke();
          draw(root, h("p", { onpoke: () => heard.push(2) }));
          poke();
          draw(root, h("p", {}));
          poke();
          return heard;
        },
        types: () => {
          let sent = 0;
          const form = (kid) => draw(root, h("form", { onsubmit: (e) => { e.preventDefault(); sent++; } }, kid));
          form(h("button", { type: "button" }, "a"));
          const before = root.querySelector("button");
          form(h("button", { type: "submit" }, "b"));
          return [before === root.querySelector("button"), sent];
        },
        select: () => {
          draw(root, h("select", {}, ["a", "b", "c"].map((v) => h("option", { key: v, value: v }, v))));
          const first = root.firstChild.value;
          draw(root, h("select", { value: "c" }, ["a", "b", "c", "d"].map((v) => h("option", { key: v, value: v }, v))));
          return [first, root.firstChild.value];
        },
        typed: () => {
          draw(root, h("textarea", { key: "t", value: "one" }), h("p", { key: "p" }, "x"));
          const area = root.querySelector("textarea");
          area.focus();
          area.value = "one two";
          area.setSelectionRange(3, 3);
          draw(root, h("p", { key: "p" }, "y"), h("textarea", { key: "t", value: "one two" }));
          return [area.selectionStart, document.activeElement === area, area.value];
        },
      };
      const result = plays[text]();
      root.remove();
      return result;
    }, play);
    check(got);
  });
  await inPage("a list that is reordered moves as few as can be, and keeps the focus", "reorder", (r) => {
    assert.deepEqual(r, { order: "hgabdcef", one: 1, more: 2, focus: "d", kept: true });
  });
  await inPage("in any new order what has the focus keeps it", "focused", (r) => assert.deepEqual(r, []));
  await inPage("text is text, whatever it looks like, and its nodes stay", "text", (r) => assert.deepEqual(r, { html: "z <i>3c", tags: 1, same: true }));
  await inPage("what is not described any more goes", "attributes", (r) => assert.deepEqual(r, { same: true, has: [], value: "two", disabled: false, style: 0 }));
  await inPage("the newest listener alone is heard", "listeners", (r) => assert.deepEqual(r, [1, 2]));
  await inPage("a button never becomes one of another type, which would submit with the click that changed it", "types", (r) => assert.deepEqual(r, [false, 0]));
  await inPage("a list of choices begins with its first, and obeys its value", "select", (r) => assert.deepEqual(r, ["a", "c"]));
  await inPage("a caret stays where it is while things move around it", "typed", (r) => assert.deepEqual(r, [3, true, "one two"]));
});
