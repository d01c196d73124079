/** Whatever is typed is text: no markup of it becomes a node, no script of it runs, on any page that shows it. */

import type { Page } from "@playwright/test";
import { audit, changes, diff, draft, flags, make, ofVariant, open, press, problems, save, unfold } from "../support/flow.ts";
import { createUser, enter, expect, signIn, test } from "../support/test.ts";

const HOSTILE = [
  "<script>globalThis.hurt = 1</script>",
  '"><img src=x onerror="globalThis.hurt = 1">',
  "</textarea><svg onload=globalThis.hurt=1>",
  "'-globalThis.hurt=1-'",
  "</title></style><iframe srcdoc='<script>top.hurt=1</script>'>",
  "{{constructor.constructor('hurt=1')()}}",
  "javascript:globalThis.hurt=1",
  "<!--<a href=javascript:hurt=1>",
];
const ALL = HOSTILE.join(" ");

/** Expects that the page shows some of it and has no node of it. */
async function expectHarmless(page: Page) {
  const found = await page.evaluate(() => {
    const handlers = [...document.querySelectorAll("*")].filter((node) =>
      [...node.attributes].some((attribute) => attribute.name.startsWith("on")),
    );
    const links = [...document.querySelectorAll("[href],[src],[action]")].filter((node) =>
      ["href", "src", "action"].some((name) => /^\s*javascript:/i.test(node.getAttribute(name) ?? "")),
    );
    const nodes = [...document.querySelectorAll("iframe, img[src=x], svg[onload], main script")];
    return { hurt: "hurt" in globalThis, nodes: [...handlers, ...links, ...nodes].map((node) => node.outerHTML) };
  });
  expect(found, page.url()).toEqual({ hurt: false, nodes: [] });
}

test("in a flag's texts", async ({ page, staffed }) => {
  await enter(page, staffed);
  await open(page, flags(staffed, "new"));
  await page.getByLabel("Key", { exact: true }).fill("hostile_texts");
  await page.getByLabel("Description").fill(ALL);
  for (const label of ["Scope", "Ticket", "Tags"]) await page.getByLabel(label).fill(HOSTILE[1]);
  await page.getByLabel("Turn it off when").fill(ALL);
  await page.getByLabel("Type of its values").selectOption("string");
  await ofVariant(page, "Value", 1).fill(ALL);
  await press(page, "Create flag");
  await expect(page.getByText(HOSTILE[0]).first()).toBeVisible();
  await expectHarmless(page);

  const pages = [`${flags(staffed)}?q=hostile_texts`, audit(staffed, { object: "hostile_texts" })];
  const own = [flags(staffed, "hostile_texts", "edit"), flags(staffed, "hostile_texts", "history")];
  for (const address of [...pages, ...own, flags(staffed, "hostile_texts", "production")]) {
    await open(page, address);
    await expectHarmless(page);
  }
  await open(page, flags(staffed, "hostile_texts", "edit"));
  await expect(page.getByLabel("Description")).toHaveValue(ALL);
  await expect(ofVariant(page, "Value", 1)).toHaveValue(ALL);
});

test("in a key, which is refused and shown again", async ({ page, staffed }) => {
  await enter(page, staffed);
  for (const key of HOSTILE) {
    await page.goto(flags(staffed, "new"));
    await page.getByLabel("Key", { exact: true }).fill(key);
    await press(page, "Create flag");
    await expect(problems(page)).toBeVisible();
    await expect(page.getByLabel("Key", { exact: true })).toHaveValue(key);
    await expectHarmless(page);
  }
});

test("in a rule, its history and the confirm page", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { hostile_rule: { enabled: true } }, "development");
  await open(page, `${flags(staffed, "hostile_rule", "development")}/rules/new`);
  await page.getByLabel("Name", { exact: false }).first().fill(HOSTILE[1]);
  await page.getByLabel("Attribute").fill("<b>plan</b>");
  await page.getByLabel("Values", { exact: true }).fill(HOSTILE.join("\n"));
  await press(page, "Add to draft");
  await unfold(draft(page), "What changes");
  await expectHarmless(page);
  await page.getByRole("link", { name: "See draft" }).click();
  await expectHarmless(page);
  await press(page, "Save");
  await expectHarmless(page);
  await page.goto(flags(staffed, "hostile_rule", "history"));
  await diff(changes(page).first());
  await expectHarmless(page);

  await page.goto(flags(staffed, "hostile_rule", "production"));
  await unfold(page, "Change targets");
  await page.getByLabel("Always serve on to").fill(ALL);
  await page.locator("#targets").getByRole("button", { name: "Add to draft" }).click();
  await save(page);
  await expect(page.getByLabel("Reason")).toBeVisible();
  await expectHarmless(page);
  await page.getByLabel("Reason").fill(ALL);
  await page.getByLabel("Environment").fill(HOSTILE[0]);
  await press(page, "Apply change");
  await expect(page.getByLabel("Reason")).toHaveValue(ALL);
  await expectHarmless(page);
});

test("in a search, a sort and other parts of an address", async ({ page, staffed, watch }) => {
  watch.allow(/does not conform to the required format, "yyyy-MM-dd"/);
  await enter(page, staffed);
  const asked = new URLSearchParams({ q: ALL, sort: HOSTILE[1], page: HOSTILE[0], done: HOSTILE[2] });
  await open(page, `${flags(staffed)}?${asked}`);
  await expectHarmless(page);
  await open(page, audit(staffed, { object: ALL, who: HOSTILE[1], from: HOSTILE[0] }));
  await expectHarmless(page);
});

test("in the playground, as rows and as JSON", async ({ page, staffed }) => {
  // Four pages for each of them.
  test.setTimeout(300_000);
  await enter(page, staffed);
  const address = `${staffed.url}/p/demo/playground`;
  for (const text of HOSTILE) {
    const rows = new URLSearchParams({ a0: text, v0: `${text}\n${text}`, flag: text, env: text, q: text, at: text, persona: text });
    await open(page, `${address}?${rows}`);
    await expectHarmless(page);
    await open(page, `${address}?${new URLSearchParams({ a0: text, v0: `${text}\nother` })}`);
    await expectHarmless(page);
    // What cannot be read may be private: an address does not bring it back, the form does.
    await open(page, `${address}?${new URLSearchParams({ as: "json", context: text })}`);
    await expectHarmless(page);
    await page.getByLabel("Context as JSON").fill(text);
    await press(page, "Try");
    await expect(page.getByLabel("Context as JSON")).toHaveValue(text);
    await expectHarmless(page);
  }
});

test("in an address that nobody knows, and where sign-in leads", async ({ page, staffed, watch }) => {
  watch.allow(/^404 GET/);
  await page.goto(`${staffed.url}/login?next=${encodeURIComponent("javascript:globalThis.hurt=1")}`);
  await expectHarmless(page);
  await enter(page, staffed);
  await page.goto(flags(staffed) + "/" + encodeURIComponent(HOSTILE[0]));
  await expectHarmless(page);
});

test("in a person's name", async ({ page, staffed }) => {
  const mallory = { name: HOSTILE[1], email: "mallory@example.com", password: "let me in, please" };
  await createUser(staffed, mallory, ["--role", "editor", "--project", "demo"]);
  await signIn(page, staffed, mallory);
  await open(page, flags(staffed));
  await expect(page.getByText(HOSTILE[1]).first()).toBeVisible();
  await expectHarmless(page);
  await open(page, flags(staffed, "new"));
  await expectHarmless(page);
});
