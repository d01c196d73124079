/** The rule editor's form: lists of values, shares, and what a rule would be before it is saved. */

import type { Page } from "@playwright/test";
import { type Environment, flags, make, open, press, unfold } from "../support/flow.ts";
import { ADA, enter, expect, hasJavaScript, islandsReady, test } from "../support/test.ts";

const HERE: Environment = "development";

/** The values of the only condition, as the form would send them. */
function sent(page: Page) {
  return page.locator("textarea[name='conditions[0].values']");
}

/** The rule in words, or what it lacks. */
function words(page: Page) {
  return page.locator("#rule-preview");
}

/** With a script the form checks itself. */
async function check(page: Page) {
  if (!hasJavaScript()) await press(page, "Check");
}

async function newRule(page: Page, address: string) {
  await open(page, `${address}/rules/new`);
}

/** A flag with rules A, B and C. */
async function withThreeRules(page: Page, key: string, staffed: Parameters<typeof make>[1]) {
  const rule = (value: string) => ({ attribute: "country", operator: "equals", value });
  await make(page, staffed, { [key]: { enabled: true, percentage: 0, rules: ["A", "B", "C"].map(rule) } }, HERE);
  await open(page, flags(staffed, key, HERE));
}

/** The values of the rules' conditions, in their order. */
function order(page: Page) {
  return page.getByRole("region", { name: /^Rules in/ }).locator(".sentence code");
}

test.beforeEach(async ({ page, staffed }) => enter(page, staffed, ADA));

test("a rule is read in words before it is saved", async ({ page, staffed }) => {
  await make(page, staffed, { words_first: { enabled: true } }, HERE);
  await newRule(page, flags(staffed, "words_first", HERE));
  await page.getByLabel("Attribute").fill("email");
  await page.getByLabel("Comparison").selectOption("ends with");
  await check(page);
  await expect(words(page)).toContainText("Before it can be saved");
  await page.getByLabel("Values", { exact: true }).fill("@shop.example");
  await check(page);
  await expect(words(page)).toContainText("IF email ends with @shop.example → serve on");
  await page.goto(flags(staffed, "words_first", HERE));
  await expect(page.getByText("@shop.example")).toHaveCount(0);
});

test("a pasted list becomes chips, and keys take them away @with-javascript", async ({ page, staffed }) => {
  await make(page, staffed, { chips_pasted: { enabled: true } }, HERE);
  await newRule(page, flags(staffed, "chips_pasted", HERE));
  await page.getByLabel("Attribute").fill("plan");
  await page.getByLabel("Comparison").selectOption("is one of");
  const entry = page.getByLabel("Values", { exact: true });
  await paste(page, "pro, team, pro, free");
  await expect(sent(page)).toHaveValue("pro\nteam\nfree");
  await expect(page.getByRole("status")).toContainText("3 values added, 1 there already.");
  await expect(words(page)).toContainText("IF plan is one of pro, team or free → serve on");
  await entry.press("Backspace");
  await expect(sent(page)).toHaveValue("pro\nteam");
  await entry.pressSequentially("gold");
  await expect(sent(page), "what is only typed counts").toHaveValue("pro\nteam\ngold");
  await entry.press("Enter");
  await entry.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Delete");
  await expect(sent(page)).toHaveValue("pro\ngold");
  await page.getByRole("button", { name: "Remove pro" }).click();
  await expect(words(page)).toContainText("IF plan is one of gold → serve on");
  await press(page, "Add to draft");
  await expect(page.locator(".sentence", { hasText: "IF plan is one of gold → serve on" })).toBeVisible();
});

test("boxes of legal values take over nothing that is still being written @with-javascript", async ({ page, staffed }) => {
  await make(page, staffed, { chips_legal: { enabled: true } }, HERE);
  await newRule(page, flags(staffed, "chips_legal", HERE));
  await page.getByLabel("Attribute").fill("plan");
  const [pro, free] = [page.getByRole("checkbox", { name: "pro" }), page.getByRole("checkbox", { name: "free" })];
  await pro.check();
  const entry = page.getByLabel("Values", { exact: true });
  await entry.pressSequentially("free");
  await expect(words(page)).toContainText("IF plan equals pro or free → serve on");
  await expect(free, "it is the beginning of a longer word").not.toBeChecked();
  await expect(pro).toBeChecked();
  await entry.pressSequentially("mium");
  await expect(words(page)).toContainText("IF plan equals pro or freemium → serve on");
  await pro.uncheck();
  await expect(words(page)).toContainText("IF plan equals freemium → serve on");
});

test("a comma ends a value, and quotes keep one in it @with-javascript", async ({ page, staffed }) => {
  await make(page, staffed, { chips_typed: { enabled: true } }, HERE);
  await newRule(page, flags(staffed, "chips_typed", HERE));
  await page.getByLabel("Attribute").fill("city");
  const entry = page.getByLabel("Values", { exact: true });
  await expect(page.getByText("Enter or a comma ends a value.")).toBeVisible();
  await entry.pressSequentially('Bergen, "Oslo, Norway", Molde');
  await expect(page.locator(".chip")).toHaveText([/^Bergen/, /^Oslo, Norway/]);
  await expect(sent(page)).toHaveValue("Bergen\nOslo, Norway\nMolde");
  await page.getByLabel("Comparison").selectOption("matches the pattern");
  await expect(page.getByText("Enter ends a value.")).toBeVisible();
  await entry.fill("");
  await entry.pressSequentially("a{1,2}");
  await expect(sent(page)).toHaveValue("Bergen\nOslo, Norway\na{1,2}");
});

/** Pastes into the list of values, as the clipboard does. */
async function paste(page: Page, text: string) {
  await page.getByLabel("Values", { exact: true }).evaluate((entry, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    (entry as HTMLElement).focus();
    entry.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

test("a pattern keeps its commas @with-javascript", async ({ page, staffed }) => {
  await make(page, staffed, { chips_pattern: { enabled: true } }, HERE);
  await newRule(page, flags(staffed, "chips_pattern", HERE));
  await page.getByLabel("Comparison").selectOption("matches the pattern");
  await paste(page, "^a{1,2}$\n^b$");
  await expect(sent(page)).toHaveValue("^a{1,2}$\n^b$");
});

test("a line of commas is split on request @without-javascript", async ({ page, staffed }) => {
  await make(page, staffed, { list_split: { enabled: true } }, HERE);
  await newRule(page, flags(staffed, "list_split", HERE));
  await page.getByLabel("Attribute").fill("shape");
  await page.getByLabel("Comparison").selectOption("is one of");
  await page.getByLabel("Values", { exact: true }).fill("pro, team, pro");
  await press(page, "Check");
  await press(page, "Split into 3 values");
  await expect(sent(page)).toHaveValue("pro\nteam");
  await press(page, "Add to draft");
  await expect(page.locator(".sentence", { hasText: "IF shape is one of pro or team → serve on" })).toBeVisible();
});

test("operators that fit the attribute come first", async ({ page, staffed }) => {
  const rules = [{ attribute: "seats_taken", operator: "greater_than", value: 5 }];
  await make(page, staffed, { operators_known: { enabled: true, rules } }, HERE);
  await newRule(page, flags(staffed, "operators_known", HERE));
  await page.getByLabel("Attribute").fill("seats_taken");
  await check(page);
  const groups = page.getByLabel("Comparison").locator("optgroup");
  await expect(groups.nth(1)).toHaveAttribute("label", "Number");
  await expect(groups.last()).toHaveAttribute("label", /it is a number/);
  await expect(page.getByLabel("Values are")).toHaveValue("number");
});

test("shares say what is left, and one takes the rest", async ({ page, staffed }) => {
  await enter(page, staffed);
  await open(page, `${flags(staffed, "pricing_experiment", HERE)}/rules/new`);
  await page.getByText("A percentage", { exact: true }).click();
  const shares = page.getByRole("group", { name: "Shares" });
  const fields = shares.getByRole("textbox");
  await fields.nth(0).fill("20");
  await fields.nth(1).fill("12.5");
  await fields.nth(2).fill("");
  await check(page);
  await expect(shares.getByText("Left: 67.5 %")).toBeVisible();
  await shares.getByRole("button", { name: /^Give the rest/ }).nth(2).click();
  await expect(fields.nth(2)).toHaveValue("67.5");
  await expect(shares.getByText("Together 100 %", { exact: true })).toBeVisible();
  await expect(page.locator("#rule-shares").getByRole("img")).toBeVisible();
});

test("a raised share says how many get another variant", async ({ page, staffed }) => {
  await make(page, staffed, { share_raised: { enabled: true, percentage: 25 } }, HERE);
  await open(page, flags(staffed, "share_raised", HERE));
  await unfold(page, "Change what they get");
  await page.getByLabel("Share", { exact: true }).fill("50");
  await check(page);
  const said = page.locator("#everyone-else-shares");
  await expect(said).toContainText("25 % of everyone else get another variant: 25 % off → on.");
  await unfold(page, "Advanced");
  await page.getByLabel("Seed").fill("another");
  await check(page);
  await expect(said).toContainText("shuffled anew");
});

test("conditions come and go and the focus goes along", async ({ page, staffed }) => {
  await make(page, staffed, { conditions_focus: { enabled: true } }, HERE);
  await newRule(page, flags(staffed, "conditions_focus", HERE));
  await page.getByLabel("Attribute").fill("plan");
  await press(page, "Add condition");
  const second = page.getByRole("group", { name: "Condition 2" });
  await expect(second.getByLabel("Attribute")).toBeFocused();
  await expect(page.getByRole("group", { name: "Condition 1" }).getByLabel("Attribute")).toHaveValue("plan");
  await press(page, "Remove condition 1");
  await expect(page.getByRole("group", { name: "Condition 2" })).toHaveCount(0);
  if (hasJavaScript()) await expect(page.getByRole("button", { name: "Remove condition 1" })).toBeFocused();
});

test("a rule is duplicated below itself", async ({ page, staffed }) => {
  await withThreeRules(page, "rule_copied", staffed);
  await press(page, "Duplicate rule 2");
  await expect(order(page)).toHaveText(["A", "B", "B", "C"]);
  await expect(page.getByRole("heading", { level: 3 }).filter({ hasText: "Copy of rule 2" })).toBeVisible();
});

test("a rule goes to any place by the keyboard", async ({ page, staffed }) => {
  await withThreeRules(page, "rule_placed", staffed);
  const first = page.locator("details.place").first();
  await first.locator("summary").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Place of rule 1")).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(order(page)).toHaveText(["B", "C", "A"]);
});

test("a rule is dragged to another place @with-javascript", async ({ page, staffed }) => {
  await withThreeRules(page, "rule_dragged", staffed);
  const handles = page.locator("[data-drag]");
  const [from, to] = [await handles.nth(2).boundingBox(), await handles.nth(0).boundingBox()];
  if (!from || !to) throw new Error("no handles");
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 10, to.y - 20, { steps: 5 });
  await expect(page.locator(".rule.drop-before")).toHaveCount(1);
  await page.mouse.up();
  await expect(order(page)).toHaveText(["C", "A", "B"]);
  await islandsReady(page);
});
