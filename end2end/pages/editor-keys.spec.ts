/** Everything that the editor does, by a keyboard alone; and after each change the focus is where one goes on. */

import type { Page } from "@playwright/test";
import { draft, type Environment, flags, make, notice, open } from "../support/flow.ts";
import { arrowTo, enterOn, pick, reach, tick, write } from "../support/keys.ts";
import { enter, expect, hasJavaScript, islandsReady, LIN, test } from "../support/test.ts";

const HERE: Environment = "development";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
/** What a fold is opened with. */
const fold = (page: Page, name: string) => page.locator("summary", { hasText: name });
const rules = (page: Page) => page.getByRole("region", { name: /^Rules in/ }).getByRole("heading", { level: 3 });
const sentence = (page: Page, text: string) => page.locator(".sentence", { hasText: text });

/** A flag whose rules look at the country: A, B and C. */
async function withThreeRules(page: Page, key: string, staffed: Parameters<typeof make>[1]) {
  const rule = (value: string) => ({ attribute: "country", operator: "equals", value });
  await make(page, staffed, { [key]: { enabled: true, percentage: 0, rules: ["A", "B", "C"].map(rule) } }, HERE);
  await open(page, flags(staffed, key, HERE));
}

/** Which countries the rules look at, in their order. */
async function expectOrder(page: Page, order: string) {
  await expect(page.getByRole("region", { name: /^Rules in/ }).locator(".sentence code")).toHaveText([...order].map((one) => new RegExp(`${one}$`)));
  await islandsReady(page);
}

test.beforeEach(async ({ page, staffed }) => {
  // Every stop of the Tab key is a step.
  test.setTimeout(300_000);
  await enter(page, staffed);
});

test("a rule is written, read and edited", async ({ page, staffed }) => {
  await make(page, staffed, { keys_write: { enabled: true, percentage: 0 } }, HERE);
  await open(page, flags(staffed, "keys_write", HERE));
  await enterOn(page, link(page, "Add rule"));
  await expect(page.getByRole("heading", { name: "New rule" })).toBeVisible();
  await islandsReady(page);

  await cutList(page, page.getByLabel("Name"), "team, gone");
  await write(page, page.getByLabel("Name"), "Paying");
  await write(page, page.getByLabel("Attribute"), "tier_of_plan");
  await pick(page, page.getByLabel("Comparison"), "is one of");
  const values = page.getByLabel("Values", { exact: true });
  await reach(page, values);
  await writeValues(page, ["pro", "team", "gone"]);
  await takeTheLastAway(page);
  await tick(page, page.getByLabel(/^Negate/));
  await expect(page.getByLabel(/^Negate/)).toBeChecked();

  await enterOn(page, button(page, "Add condition"));
  const second = page.getByRole("group", { name: "Condition 2" });
  await expect(second.getByLabel("Attribute")).toBeFocused();
  await page.keyboard.type("country");
  await write(page, second.getByLabel("Values", { exact: true }), "NO");
  await enterOn(page, button(page, "Add condition"));
  await expect(page.getByRole("group", { name: "Condition 3" }).getByLabel("Attribute")).toBeFocused();
  await enterOn(page, button(page, "Remove condition 3"));
  await expect(page.getByRole("group", { name: "Condition 3" })).toHaveCount(0);

  await arrowTo(page, page.getByRole("radiogroup"), page.getByRole("radio", { name: "A percentage" }));
  await write(page, page.getByLabel("Share", { exact: true }), "25");
  await pick(page, page.getByLabel("of them get"), "on");
  await write(page, page.getByLabel("Bucket by"), "account");
  await enterOn(page, fold(page, "Advanced"));
  await write(page, page.getByLabel("Seed"), "spring");
  await enterOn(page, button(page, "Check"));
  await expect(page.locator("#rule-preview")).toContainText("tier_of_plan");
  await enterOn(page, button(page, "Add to draft"));

  const edit = link(page, "Edit rule 1");
  await expect(edit).toBeFocused();
  await expect(page.locator(".sentence").nth(1)).toContainText("country equals NO → 25 % on, rest off, by account");
  await page.keyboard.press("Enter");
  await islandsReady(page);
  await expect(page.getByLabel("Name")).toHaveValue("Paying");
  await write(page, page.getByLabel("Name"), "Paying in Norway");
  await arrowTo(page, page.getByRole("radiogroup"), page.getByRole("radio", { name: "One variant" }));
  await pick(page, page.getByLabel("Variant", { exact: true }), "on");
  await enterOn(page, button(page, "Add to draft"));
  await expect(rules(page)).toHaveText(["Individual targets", "Paying in Norway", "Everyone else"]);
  await expect(edit).toBeFocused();
  await expect(sentence(page, "IF not: tier_of_plan is one of pro or team AND country equals NO → serve on")).toBeVisible();
});

/** A list to paste: written where commas are just commas, and cut. */
async function cutList(page: Page, field: ReturnType<Page["getByLabel"]>, list: string) {
  await write(page, field, list);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+x");
  await expect(field).toHaveValue("");
}

/** Several values: with a script typed with commas and pasted, each becomes a chip; without one they are lines. */
async function writeValues(page: Page, values: string[]) {
  if (!hasJavaScript()) return page.keyboard.type(values.join("\n"));
  const [first, ...others] = values;
  await page.keyboard.type(`${first},`);
  await expect(page.getByRole("button", { name: `Remove ${first}` })).toBeVisible();
  await page.keyboard.press("Control+v");
  for (const value of others) await expect(page.getByRole("button", { name: `Remove ${value}` })).toBeVisible();
}

async function takeTheLastAway(page: Page) {
  if (!hasJavaScript()) {
    await page.keyboard.press("Shift+Home");
    await page.keyboard.press("Delete");
    return page.keyboard.press("Backspace");
  }
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("button", { name: "Remove gone" })).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(page.getByRole("button", { name: "Remove gone" })).toHaveCount(0);
  await expect(page.getByLabel("Values", { exact: true })).toBeFocused();
}

test("rules move, pause, are duplicated and removed", async ({ page, staffed }) => {
  await withThreeRules(page, "keys_move", staffed);
  await enterOn(page, button(page, "Move rule 3 up"));
  await expectOrder(page, "ACB");
  await expect(button(page, "Move rule 2 up")).toBeFocused();
  await page.keyboard.press("Enter");
  await expectOrder(page, "CAB");
  await expect(button(page, "Move rule 1 down"), "it can go no further up").toBeFocused();
  await page.keyboard.press("Enter");
  await expectOrder(page, "ACB");
  await expect(button(page, "Move rule 2 down")).toBeFocused();
  await enterOn(page, button(page, "Move rule 3 to the top"));
  await expectOrder(page, "BAC");
  await expect(button(page, "Move rule 1 down")).toBeFocused();

  await enterOn(page, fold(page, "Move to… of rule 1"));
  await pick(page, page.getByLabel("Place of rule 1"), "3");
  await enterOn(page, button(page, "Move"));
  await expectOrder(page, "ACB");
  await expect(fold(page, "Move to… of rule 3")).toBeFocused();

  await enterOn(page, button(page, "Pause rule 1"));
  await expect(button(page, "Resume rule 1")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(button(page, "Pause rule 1")).toBeFocused();
  await enterOn(page, button(page, "Duplicate rule 1"));
  await expect(link(page, "Edit rule 2")).toBeFocused();
  await expect(rules(page).nth(2)).toHaveText("Copy of rule 1");
  await reach(page, button(page, "Remove rule 2"), true);
  await page.keyboard.press("Enter");
  await expectOrder(page, "ACB");
  await expect(button(page, "Remove rule 2")).toBeFocused();
});

test("everyone else, targets and what is served while off are changed, and saved", async ({ page, staffed }) => {
  await make(page, staffed, { keys_rest: { enabled: true, percentage: 0 } }, HERE);
  await open(page, flags(staffed, "keys_rest", HERE));
  const form = page.locator("#everyone-else");
  await enterOn(page, fold(page, "Change what they get"));
  await arrowTo(page, form.getByRole("radiogroup"), form.getByRole("radio", { name: "One variant" }));
  await pick(page, form.getByLabel("Variant", { exact: true }), "on");
  await enterOn(page, form.getByRole("button", { name: "Add to draft" }));
  await expect(sentence(page, "serve on")).toBeVisible();
  await expect(fold(page, "Change what they get")).toBeFocused();
  await islandsReady(page);

  await page.keyboard.press("Enter");
  await arrowTo(page, form.getByRole("radiogroup"), form.getByRole("radio", { name: "A percentage" }));
  await write(page, form.getByLabel("Share", { exact: true }), "12.5");
  await pick(page, form.getByLabel("of them get"), "on");
  await write(page, form.getByLabel("Bucket by"), "company");
  await enterOn(page, form.locator("summary", { hasText: "Advanced" }));
  await write(page, form.getByLabel("Seed"), "autumn");
  await enterOn(page, form.getByRole("button", { name: "Add to draft" }));
  await expect(sentence(page, "12.5 % on, rest off, by company")).toBeVisible();
  await expect(fold(page, "Change what they get")).toBeFocused();
  await islandsReady(page);

  await reach(page, fold(page, "Change targets"), true);
  await page.keyboard.press("Enter");
  await write(page, page.getByLabel("Always serve on to"), "user_1\nuser_2");
  await enterOn(page, page.locator("#targets").getByRole("button", { name: "Add to draft" }));
  await expect(sentence(page, "user_1, user_2 → serve on")).toBeVisible();
  await expect(fold(page, "Change targets")).toBeFocused();
  await islandsReady(page);

  await pick(page, page.getByLabel("Everybody gets"), "on");
  await enterOn(page, page.locator("#off-variant").getByRole("button", { name: "Add to draft" }));
  await expect(page.getByLabel("Everybody gets")).toBeFocused();
  await expect(page.getByLabel("Everybody gets")).toHaveValue("on");

  await enterOn(page, draft(page).getByRole("button", { name: "Save" }));
  await expect(notice(page)).toContainText("keys_rest");
  await expect(draft(page)).toHaveCount(0);
});

test("a draft is discarded only when that was meant", async ({ page, staffed }) => {
  await withThreeRules(page, "keys_discard", staffed);
  await enterOn(page, button(page, "Remove rule 1"));
  await expect(draft(page)).toContainText("1 unsaved change");
  await islandsReady(page);
  await enterOn(page, draft(page).locator("summary", { hasText: "Discard…" }));
  await expect(draft(page), "one press throws nothing away").toContainText("This change is gone then, for good.");
  await enterOn(page, draft(page).getByRole("button", { name: "Discard 1 change" }));
  await expect(draft(page)).toHaveCount(0);
  await expectOrder(page, "ABC");
});

test("a clash is settled", async ({ page, staffed, browser }) => {
  await make(page, staffed, { keys_clash: { enabled: true, percentage: 0 } }, HERE);
  const address = flags(staffed, "keys_clash", HERE);
  await open(page, address);
  await pick(page, page.getByLabel("Everybody gets"), "on");
  await enterOn(page, page.locator("#off-variant").getByRole("button", { name: "Add to draft" }));
  await enterOn(page, fold(page, "Change targets"));
  await write(page, page.getByLabel("Always serve on to"), "user_1");
  await enterOn(page, page.locator("#targets").getByRole("button", { name: "Add to draft" }));
  await expect(draft(page)).toContainText("2 unsaved changes");

  const lin = await browser.newPage();
  await enter(lin, staffed, LIN);
  await open(lin, address);
  await enterOn(lin, fold(lin, "Change targets"));
  await write(lin, lin.getByLabel("Always serve off to"), "user_1");
  await enterOn(lin, lin.locator("#targets").getByRole("button", { name: "Add to draft" }));
  await enterOn(lin, draft(lin).getByRole("button", { name: "Save" }));
  await expect(notice(lin)).toContainText("keys_clash");
  await lin.close();

  await open(page, address);
  await expect(page.getByText(/^Lin Chen saved a change of the same parts (just now|\d+ s ago), after your draft began\.$/)).toBeVisible();
  await enterOn(page, link(page, "Compare and choose"));
  const table = page.getByRole("region", { name: "What both sides changed" });
  await expect(table).toBeVisible();
  await islandsReady(page);
  const yours = table.getByRole("radio", { name: /^Take yours/ });
  await reach(page, table.getByRole("radio").first());
  await page.keyboard.press("ArrowDown");
  await expect(yours).toBeChecked();
  await enterOn(page, button(page, "Update my draft"));
  await expect(draft(page)).toBeVisible();
  await enterOn(page, draft(page).getByRole("button", { name: "Save" }));
  await expect(notice(page)).toContainText("keys_clash");
  await expect(sentence(page, "user_1 → serve on")).toBeVisible();
});
