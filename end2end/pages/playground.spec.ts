/** The playground: somebody is described, flags answer, and every step of the answer can be read. */

import type { Locator, Page } from "@playwright/test";
import { AGREED, AGREED_FILE, AGREED_FLAG } from "../support/agreement.ts";
import { DEMO } from "../support/flagstaff.ts";
import { flags, make, notice, open, press, problems, unfold } from "../support/flow.ts";
import { enter, expect, GRACE, test } from "../support/test.ts";
import type { Flagstaff } from "../support/flagstaff.ts";

function playground(server: Flagstaff, query: Record<string, string> = {}): string {
  const asked = new URLSearchParams(query).toString();
  return `${server.url}/p/demo/playground${asked && `?${asked}`}`;
}

function answers(page: Page): Locator {
  return page.getByRole("region", { name: "What each flag answers in each environment" });
}

/** The answer's cell, by what tells its row from the others and by its environment. */
function answer(page: Page, row: string | RegExp, environment = "production"): Locator {
  const at = { development: 0, staging: 1, production: 2 }[environment] ?? 0;
  return answers(page).getByRole("row").filter({ hasText: row }).getByRole("cell").nth(at);
}

test.beforeEach(async ({ page, staffed }) => enter(page, staffed));

test("somebody is described, and every flag answers", async ({ page, staffed }) => {
  await open(page, playground(staffed));
  await page.getByLabel("Search", { exact: true }).fill("new_checkout");
  await page.getByLabel("Attribute", { exact: true }).fill("plan");
  await page.getByLabel("Values", { exact: true }).fill("pro");
  await press(page, "Try");
  await expect(answer(page, "new_checkout")).toContainText("TARGETING_MATCH");
  await unfold(answer(page, "new_checkout"), "Step by step");
  await expect(answer(page, "new_checkout").getByText(/^Serves on, because rule \d matched/)).toBeVisible();
  await expect(page).toHaveURL(/a0=plan/);
  await page.reload();
  await expect(page.getByLabel("Values", { exact: true })).toHaveValue("pro");
});

test("several values make a matrix", async ({ page, staffed }) => {
  await open(page, playground(staffed, { flag: "new_checkout" }));
  await page.getByLabel("Attribute", { exact: true }).fill("plan");
  await page.getByLabel("Values", { exact: true }).fill("pro\nfree");
  await press(page, "Try");
  await expect(page.getByText("1 flag × 3 environments × 2 contexts")).toBeVisible();
  await expect(answer(page, 'plan: "pro"')).toContainText("TARGETING_MATCH");
  await expect(answer(page, 'plan: "free"')).not.toContainText("TARGETING_MATCH");
});

test("rows become JSON and rows again; what is wrong is told with its line", async ({ page, staffed }) => {
  await open(page, playground(staffed, { flag: "new_checkout", a0: "plan", v0: "pro" }));
  await press(page, "Write it as JSON");
  const json = page.getByLabel("Context as JSON");
  await expect(json).toHaveValue('{\n  "plan": "pro"\n}');
  await json.fill('{\n  "plan": "pro",\n  "country" "NO"\n}');
  await press(page, "Try");
  await expect(problems(page)).toContainText("Line 3, column 13");
  await expect(json).toHaveValue('{\n  "plan": "pro",\n  "country" "NO"\n}');
  await json.fill('{"plan": "pro", "tags": ["a"]}');
  await press(page, "Write it as rows");
  await expect(page.getByLabel("Attribute 2")).toHaveValue("tags");
  await expect(page.getByLabel("Type 2")).toHaveValue("json");
  await expect(answer(page, "new_checkout")).toContainText("TARGETING_MATCH");
});

test("a row more is one press away, and keeps what was typed", async ({ page, staffed }) => {
  await open(page, playground(staffed, { flag: "new_checkout" }));
  await page.getByLabel("Attribute", { exact: true }).fill("plan");
  await page.getByLabel("Values", { exact: true }).fill("pro");
  await press(page, "More attributes");
  await expect(page.getByLabel("Attribute 2")).toBeFocused();
  await expect(page.getByLabel("Attribute", { exact: true })).toHaveValue("plan");
  await page.getByLabel("Attribute 2").fill("country");
  await page.getByLabel("Values 2").fill("NO");
  // The Enter key tries; it does not add.
  await page.getByLabel("Attribute 2").press("Enter");
  await expect(page).toHaveURL(/a1=country/);
  await expect(page).not.toHaveURL(/do=/);
});

test("a persona fills the form, and expects what it gets", async ({ page, staffed }) => {
  await make(page, staffed, { pg_expected: { enabled: true } }, "development");
  await open(page, playground(staffed, { flag: "pg_expected", env: "development" }));
  await page.getByLabel("Persona").selectOption({ label: "Kari, pro plan, Norway" });
  await press(page, "Fill in");
  await expect(page.getByLabel("Attribute", { exact: true })).toHaveValue("targetingKey");
  const cell = answer(page, "pg_expected", "development");
  await unfold(cell, "Step by step");
  await press(page, "Expect on of pg_expected in development");
  await expect(notice(page)).toContainText("You changed the persona");
  await expect(cell).toContainText("as expected");
  await make(page, staffed, { pg_expected: { enabled: false } }, "development");
  await expect(async () => {
    await page.reload();
    await expect(cell).toContainText("expected on, gets off", { timeout: 200 });
  }).toPass();
  await open(page, flags(staffed, "pg_expected", "development"));
  await expect(page.getByText("expected on, gets off")).toBeVisible();
  await open(page, `${staffed.url}/p/demo/settings/personas`);
  await expect(page.getByText("pg_expected in development: expected on, gets off")).toBeVisible();
});

test("a flag's page leads here, filled in", async ({ page, staffed }) => {
  await open(page, flags(staffed, "new_checkout", "production"));
  await page.getByRole("link", { name: "Try it in the playground" }).click();
  await expect(answers(page).getByRole("rowheader")).toHaveText(["new_checkout"]);
  await expect(answers(page).getByRole("columnheader")).toHaveText(["Flag", "production"]);
});

test("who only looks may try, and expects nothing", async ({ page, staffed }) => {
  await page.context().clearCookies();
  await enter(page, staffed, GRACE);
  await open(page, playground(staffed, { flag: "new_checkout", persona: "invited" }));
  await expect(page.getByText("Whom lists name is not shown to viewers")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Expect/ })).toHaveCount(0);
  await expect(page.getByText(/names user_123/)).toHaveCount(0);
});

test("the table that everybody agrees on", async ({ page, staffed }) => {
  await staffed.ok(["import", ...DEMO, AGREED_FILE]);
  await expect.poll(async () => (await page.request.get(flags(staffed, AGREED_FLAG))).status()).toBe(200);
  for (const agreed of AGREED) {
    const context = JSON.stringify(agreed.context);
    await page.goto(playground(staffed, { flag: AGREED_FLAG, env: "production", as: "json", context }));
    const cell = answers(page).getByRole("cell");
    await expect(cell, agreed.name).toContainText(agreed.reason);
    await expect(cell.locator("b").first(), agreed.name).toHaveText(agreed.variant);
  }
});
