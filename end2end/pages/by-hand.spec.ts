/** Rules made by hand on the pages, and then asked for in every way there is: all of them answer alike. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { AGREED, AGREED_FLAG } from "../support/agreement.ts";
import type { Flagstaff } from "../support/flagstaff.ts";
import { choose, confirm, flags, make, notice, open, press, save, unfold } from "../support/flow.ts";
import { enter, expect, test } from "../support/test.ts";

const PROVIDERS = join(import.meta.dirname, "../providers");

interface Condition {
  attribute: string;
  comparison: string;
  values: string[];
}

/** Each value on its own line, whether a script made chips of the lines or not. */
async function write(within: ReturnType<Page["getByRole"]>, values: string[]) {
  const field = within.getByLabel("Values", { exact: true });
  for (const value of values) {
    const typed = await field.evaluate((node) => node.tagName);
    if (typed === "TEXTAREA") return field.fill(values.join("\n"));
    await field.fill(value);
    await field.press("Enter");
  }
}

/** Writes a rule into the editor and puts it into the draft. */
async function rule(page: Page, address: string, name: string, conditions: Condition[]) {
  await open(page, `${address}/rules/new`);
  await page.getByLabel("Name").first().fill(name);
  for (const [at, condition] of conditions.entries()) {
    if (at > 0) await press(page, "Add condition");
    const group = page.getByRole("group", { name: `Condition ${at + 1}` });
    await group.getByLabel("Attribute").fill(condition.attribute);
    await group.getByLabel("Comparison").selectOption(condition.comparison);
    await write(group, condition.values);
  }
  await press(page, "Add to draft");
  await expect(page.getByRole("heading", { level: 3, name, exact: true })).toBeVisible();
}

async function makeByHand(page: Page, server: Flagstaff) {
  await make(page, server, { [AGREED_FLAG]: { enabled: true, percentage: 0 } });
  const address = flags(server, AGREED_FLAG, "production");
  const one = (attribute: string, comparison: string, ...values: string[]) => ({ attribute, comparison, values });
  await rule(page, address, "Staff", [one("email", "ends_with", "@shop.example")]);
  await rule(page, address, "Paying in the US", [one("plan", "in", "pro", "enterprise"), one("country", "equals", "US")]);
  await rule(page, address, "New app", [one("app", "semver_matches", ">=2.3.0")]);
  await unfold(page, "Change what they get");
  await choose(page, "A percentage");
  await page.getByLabel("Share").fill("12.5");
  await page.getByLabel("of them get").selectOption("on");
  await page.getByLabel("Bucket by").fill("companyId");
  await page.locator("#everyone-else").getByRole("button", { name: "Add to draft" }).click();
  await save(page);
  await confirm(page, "As agreed");
  await expect(notice(page)).toContainText(AGREED_FLAG);
}

test("twenty contexts get the same answer from OFREP, the shell, the playground and the Python provider", async ({ page, staffed }) => {
  test.slow();
  await enter(page, staffed);
  await makeByHand(page, staffed);
  const expected = AGREED.map((agreed) => [agreed.variant, agreed.reason]);
  const contexts = AGREED.map((agreed) => agreed.context);

  await test.step("OFREP", async () => {
    const key = await staffed.createKey("server", "by hand");
    const ask = (context: unknown) =>
      page.request.post(`${staffed.url}/ofrep/v1/evaluate/flags/${AGREED_FLAG}`, {
        headers: { Authorization: `Bearer ${key}` },
        data: { context },
      });
    await expect.poll(async () => (await ask({})).status()).toBe(200);
    const answers = [];
    for (const context of contexts) {
      const answer = await (await ask(context)).json();
      answers.push([answer.variant, answer.reason]);
    }
    expect(answers).toEqual(expected);

    const python = join(PROVIDERS, "../.venv/bin/python");
    const args = [join(PROVIDERS, "ask.py"), staffed.url, key, AGREED_FLAG, JSON.stringify(contexts)];
    expect(JSON.parse(execFileSync(python, args, { encoding: "utf8" }))).toEqual(expected);
  });

  await test.step("the shell", async () => {
    const place = ["--project", "demo", "--environment", "production"];
    for (const [at, context] of contexts.entries()) {
      const said = await staffed.ok(["evaluate", ...place, "--context", JSON.stringify(context), "--explain", AGREED_FLAG]);
      expect(said, AGREED[at].name).toContain(AGREED[at].reason);
      expect(said, AGREED[at].name).toContain(AGREED[at].variant);
    }
  });

  await test.step("the playground", async () => {
    for (const [at, context] of contexts.entries()) {
      const asked = new URLSearchParams({ flag: AGREED_FLAG, env: "production", as: "json", context: JSON.stringify(context) });
      await page.goto(`${staffed.url}/p/demo/playground?${asked}`);
      const cell = page.getByRole("region", { name: "What each flag answers" }).getByRole("cell");
      await expect(cell.locator("b").first(), AGREED[at].name).toHaveText(AGREED[at].variant);
      await expect(cell, AGREED[at].name).toContainText(AGREED[at].reason);
    }
  });
});
