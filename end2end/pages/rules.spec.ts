/** Who gets what: rules and individual targets of a flag in one environment, as forms. */

import type { Page } from "@playwright/test";
import { changes, choose, diff, discard, draft, type Environment, flags, make, notice, open, press, problems, save, unfold } from "../support/flow.ts";
import { enter, expect, islandsReady, test } from "../support/test.ts";

/** The names of the rules, in their order. */
function rules(page: Page) {
  return page.getByRole("region", { name: /^Rules in/ }).getByRole("heading", { level: 3 });
}

/** Writes a rule of one condition into the editor and puts it into the draft. */
async function writeRule(page: Page, name: string, attribute: string, comparison: string, values: string) {
  await page.getByLabel("Name").fill(name);
  await islandsReady(page);
  await page.getByLabel("Attribute").fill(attribute);
  await page.getByLabel("Comparison").selectOption(comparison);
  await page.getByLabel("Values", { exact: true }).fill(values);
  await press(page, "Add to draft");
}

/** A flag with the rules `Staff` and `Norway`, and its page for an environment that asks no questions. */
async function withTwoRules(page: Page, key: string, address: string, staffed: Parameters<typeof make>[1]) {
  const rule = (attribute: string, operator: string, value: string) => ({ attribute, operator, value });
  const rules = [rule("email", "ends_with", "@shop.example"), rule("country", "equals", "NO")];
  await make(page, staffed, { [key]: { enabled: true, percentage: 0, rules } }, "development");
  await open(page, address);
}

const HERE: Environment = "development";

test.beforeEach(async ({ page, staffed }) => enter(page, staffed));

test("a rule is written and stands as a sentence", async ({ page, staffed }) => {
  await make(page, staffed, { rule_written: { enabled: true } }, HERE);
  await open(page, flags(staffed, "rule_written", HERE));
  await page.getByRole("link", { name: "Add rule" }).click();
  await writeRule(page, "Staff", "email", "ends with", "@shop.example");
  await expect(draft(page)).toContainText("1 unsaved change");
  await save(page);
  await expect(notice(page)).toContainText("You added the rule Staff to rule_written in development.");
  await expect(draft(page)).toHaveCount(0);
  await expect(rules(page)).toHaveText(["Individual targets", "Staff", "Everyone else"]);
  await expect(page.locator(".sentence", { hasText: "IF email ends with @shop.example → serve on" })).toBeVisible();
});

test("a second rule comes after the first, and moves up", async ({ page, staffed }) => {
  const address = flags(staffed, "rule_moved", HERE);
  await make(page, staffed, { rule_moved: { enabled: true } }, HERE);
  await open(page, `${address}/rules/new`);
  await writeRule(page, "Staff", "email", "ends with", "@shop.example");
  await page.getByRole("link", { name: "Add rule" }).click();
  await writeRule(page, "Nordics", "country", "is one of", "NO\nSE\nDK");
  await expect(page.locator(".sentence", { hasText: "IF country is one of NO, SE or DK → serve on" })).toBeVisible();
  await expect(rules(page)).toHaveText(["Individual targets", "Staff", "Nordics", "Everyone else"]);
  await press(page, "Move rule 2 up");
  await expect(rules(page)).toHaveText(["Individual targets", "Nordics", "Staff", "Everyone else"]);
  await unfold(draft(page), "What changes");
  await expect(draft(page).getByRole("list")).toContainText("Nordics");
  await save(page);
  await expect(rules(page)).toHaveText(["Individual targets", "Nordics", "Staff", "Everyone else"]);
});

test("a rule is paused and resumed", async ({ page, staffed }) => {
  await withTwoRules(page, "rule_paused", flags(staffed, "rule_paused", HERE), staffed);
  await press(page, "Pause rule 1");
  await save(page);
  await expect(notice(page)).toContainText("rule_paused");
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await press(page, "Resume rule 1");
  await expect(page.getByRole("button", { name: "Pause rule 1" })).toBeVisible();
  await expect(page.getByText("Paused", { exact: true })).toHaveCount(0);
});

test("a rule is edited in its place", async ({ page, staffed }) => {
  await withTwoRules(page, "rule_edited", flags(staffed, "rule_edited", HERE), staffed);
  await page.getByRole("link", { name: "Edit rule 1" }).click();
  const values = page.locator("textarea[name='conditions[0].values']");
  await expect(values).toHaveValue("@shop.example");
  await page.getByLabel("Name").fill("Staff and partners");
  await islandsReady(page);
  await page.getByLabel("Values", { exact: true }).fill("@shop.example\n@partner.example");
  await expect(values).toHaveValue(/@partner\.example$/);
  await page.getByLabel("Ignore case").check();
  await press(page, "Add to draft");
  await expect(page.locator(".sentence", { hasText: "IF email ends with @shop.example or @partner.example (in any case) → serve on" })).toBeVisible();
  await expect(rules(page).nth(1)).toHaveText("Staff and partners");
});

test("a rule is removed, and Undo brings it back", async ({ page, staffed }) => {
  await withTwoRules(page, "rule_removed", flags(staffed, "rule_removed", HERE), staffed);
  await press(page, "Remove rule 1");
  await save(page);
  await expect(page.getByText("@shop.example")).toHaveCount(0);
  await notice(page).getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".sentence", { hasText: "IF email ends with @shop.example → serve on" })).toBeVisible();
});

test("conditions are added and removed before anything is saved", async ({ page, staffed }) => {
  await make(page, staffed, { rule_conditions: { enabled: true } }, HERE);
  await open(page, `${flags(staffed, "rule_conditions", HERE)}/rules/new`);
  await page.getByLabel("Name").fill("Paying in Norway");
  await page.getByLabel("Attribute").fill("plan");
  await page.getByLabel("Values", { exact: true }).fill("pro");
  await press(page, "Add condition");
  const second = page.getByRole("group", { name: "Condition 2" });
  await expect(second.getByLabel("Attribute")).toBeFocused();
  await second.getByLabel("Attribute").fill("country");
  await second.getByLabel("Values", { exact: true }).fill("NO");
  await press(page, "Add condition");
  await press(page, "Remove condition 3");
  await expect(page.getByLabel("Name")).toHaveValue("Paying in Norway");
  await press(page, "Add to draft");
  await expect(page.locator(".sentence", { hasText: "IF plan equals pro AND country equals NO → serve on" })).toBeVisible();
});

test("a rule that cannot be comes back as it was typed", async ({ page, staffed }) => {
  await make(page, staffed, { rule_refused: { enabled: true } }, HERE);
  await open(page, `${flags(staffed, "rule_refused", HERE)}/rules/new`);
  await page.getByLabel("Name").fill("Half of nobody");
  await choose(page, "A percentage");
  await page.getByLabel("Share").fill("half");
  await press(page, "Add to draft");
  await expect(problems(page)).toBeFocused();
  await expect(problems(page)).toContainText("There are");
  await expect(problems(page)).toContainText("half is none");
  await expect(page.getByLabel("Share")).toHaveValue("half");
  await expect(page.getByLabel("Name")).toHaveValue("Half of nobody");
});

test("individual targets come before every rule", async ({ page, staffed }) => {
  await make(page, staffed, { rule_targets: { enabled: true, percentage: 0 } }, HERE);
  await open(page, flags(staffed, "rule_targets", HERE));
  await unfold(page, "Change targets");
  await page.getByLabel("Always serve on to").fill("user_123\nuser_77");
  await page.getByLabel("Always serve off to").fill("user_9");
  await page.locator("#targets").getByRole("button", { name: "Add to draft" }).click();
  await expect(page.getByText("user_123, user_77 → serve on")).toBeVisible();
  await expect(page.getByText("user_9 → serve off")).toBeVisible();
});

test("a key that is a target twice is refused beside its field", async ({ page, staffed }) => {
  await make(page, staffed, { rule_twice: { enabled: true, percentage: 0 } }, HERE);
  await open(page, flags(staffed, "rule_twice", HERE));
  await unfold(page, "Change targets");
  await page.getByLabel("Always serve on to").fill("user_1");
  await page.getByLabel("Always serve off to").fill("user_1");
  await page.locator("#targets").getByRole("button", { name: "Add to draft" }).click();
  await expect(problems(page)).toContainText("user_1");
  await expect(page.getByLabel("Always serve on to")).toHaveValue("user_1");
});

test("what is discarded was never there", async ({ page, staffed }) => {
  await withTwoRules(page, "rule_discarded", flags(staffed, "rule_discarded", HERE), staffed);
  await press(page, "Remove rule 1");
  await expect(rules(page)).toHaveCount(3);
  await discard(page);
  await expect(draft(page)).toHaveCount(0);
  await expect(rules(page)).toHaveCount(4);
});

test("the flag's history shows what was done to its rules", async ({ page, staffed }) => {
  await withTwoRules(page, "rule_history", flags(staffed, "rule_history", HERE), staffed);
  for (const step of ["Move rule 1 down", "Pause rule 1", "Remove rule 2"]) {
    await press(page, step);
    await save(page);
    await expect(notice(page)).toContainText("rule_history");
  }
  await page.getByRole("navigation", { name: "This flag" }).getByRole("link", { name: "History" }).click();
  await expect(changes(page)).toHaveCount(5);
  const newest = changes(page).first();
  await expect(newest).toContainText("Ada Lovelace");
  await expect(await diff(newest)).toContainText("rules");
});
