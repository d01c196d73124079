/** The form of a flag's definition: what it takes, and what it says when it does not. */

import type { Page } from "@playwright/test";
import { choose, confirm, flags, make, notice, ofVariant, open, press, problems } from "../support/flow.ts";
import { ADA, enter, expect, test } from "../support/test.ts";

/** A field by its whole label, whether it may stay empty or not. */
function field(page: Page, label: string) {
  return page.getByLabel(new RegExp(`^${label}( optional)?$`));
}

test.beforeEach(async ({ page, staffed }) => enter(page, staffed));

test("a flag of texts, with everything there is to say about it", async ({ page, staffed }) => {
  await open(page, flags(staffed, "new"));
  await page.getByLabel("Key", { exact: true }).fill("search_ranking");
  await choose(page, "Experiment");
  await page.getByLabel("Description").fill("Which ranking the search uses.");
  await page.getByLabel("Owner").selectOption(ADA.name);
  await page.getByLabel("Scope").fill("Search, web");
  await page.getByLabel("Ticket").fill("SEA-77");
  await page.getByLabel("Tags").fill("ranking, relevance");
  await page.getByLabel("Type of its values").selectOption("string");
  await ofVariant(page, "Name", 1).fill("classic");
  await ofVariant(page, "Value", 1).fill("bm25");
  await ofVariant(page, "Name", 2).fill("learned");
  await ofVariant(page, "Value", 2).fill("two lines\nof text");
  await page.getByLabel("Fallback").fill("classic");
  await page.getByLabel(/^Last day/).fill("2099-06-01");
  await page.getByLabel("Turn it off when").fill("Clicks fall by 5 %");
  await page.getByLabel("Available to client keys").check();
  await press(page, "Create flag");

  await expect(notice(page)).toContainText("You created the flag search_ranking.");
  const about = page.getByRole("region", { name: "About", exact: true });
  for (const text of [ADA.name, "Experiment", "1 Jun 2099", "Search, web", "SEA-77", "ranking", "Clicks fall by 5 %", "classic"]) {
    await expect(about).toContainText(text);
  }
  await expect(page.getByRole("row", { name: /learned/ })).toContainText("two lines");
});

test("a refused form keeps everything typed and lists every problem, with the focus on the list", async ({ page, staffed }) => {
  const typed = {
    Key: "Not A Key",
    Scope: "Checkout",
    Ticket: "PAY-9",
    Tags: "a, b",
    Fallback: "green",
    "Last day": "2001-01-01",
    "Turn it off when": "First line\nsecond line",
  };
  await open(page, flags(staffed, "new"));
  for (const [label, text] of Object.entries(typed)) await field(page, label).fill(text);
  const rows = {
    blue: ofVariant(page, "Name", 1),
    perhaps: ofVariant(page, "Value", 1),
    "two words": ofVariant(page, "Name", 3),
    true: ofVariant(page, "Value", 3),
  };
  for (const [text, row] of Object.entries(rows)) await row.fill(text);
  await choose(page, "Kill switch");
  await page.getByLabel("Available to client keys").check();
  await press(page, "Create flag");

  await expect(problems(page)).toBeFocused();
  const wrong = [field(page, "Key"), field(page, "Description"), rows.perhaps, rows["two words"], field(page, "Last day")];
  await expect(problems(page)).toContainText(/There are \d+ problems to put right/);
  await expect(problems(page).getByRole("link")).toHaveCount(wrong.length);
  for (const one of wrong) await expect(one).toHaveAttribute("aria-invalid", "true");
  for (const [text, row] of Object.entries(rows)) await expect(row).toHaveValue(text);
  for (const [label, text] of Object.entries(typed)) {
    await expect(field(page, label), label).toHaveValue(text);
  }
  await expect(page.getByRole("radio", { name: "Kill switch" })).toBeChecked();
  await expect(page.getByLabel("Available to client keys")).toBeChecked();

  await problems(page).getByRole("link").first().click();
  await expect(page.getByLabel("Key", { exact: true })).toBeFocused();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("a_key_now");
  await expect(page.getByLabel("Key", { exact: true })).toHaveValue("a_key_now");
});

test("more rows of variants can be had without losing what was typed", async ({ page, staffed }) => {
  await open(page, flags(staffed, "new"));
  await page.getByLabel("Key", { exact: true }).fill("many_variants");
  await page.getByLabel("Description").fill("Kept");
  const rows = page.getByLabel(/^Name of variant/);
  const before = await rows.count();
  await press(page, "Add variant");
  await expect(rows).toHaveCount(before + 1);
  await expect(rows.last()).toBeFocused();
  await expect(page.getByLabel("Key", { exact: true })).toHaveValue("many_variants");
  await expect(page.getByLabel("Description")).toHaveValue("Kept");
});

test("a key that was used before cannot be used again", async ({ page, staffed }) => {
  await make(page, staffed, { taken_key: {} });
  await open(page, flags(staffed, "new"));
  await page.getByLabel("Key", { exact: true }).fill("taken_key");
  await page.getByLabel("Description").fill("A second one");
  await press(page, "Create flag");
  await expect(problems(page)).toContainText("taken_key");
  await expect(page.getByLabel("Description")).toHaveValue("A second one");
});

test("the key is checked while it is typed @with-javascript", async ({ page, staffed }) => {
  await open(page, flags(staffed, "new"));
  const key = page.getByLabel("Key", { exact: true });
  await key.pressSequentially("dark_mode");
  await expect(page.getByText(/dark_mode .*(taken|exists|used)/i)).toBeVisible();
  await key.fill("quite_free");
  await expect(page.getByText("quite_free is free.")).toBeVisible();
});

test("a definition is edited, and production's customers are protected from slips", async ({ page, staffed }) => {
  await make(page, staffed, { redefined: { enabled: true } });
  await open(page, flags(staffed, "redefined", "edit"));
  await page.getByLabel("Description").fill("Says now what it does.");
  await page.getByLabel("Tags").fill("described");
  await press(page, "Save");
  if (await page.getByRole("button", { name: "Apply change" }).isVisible()) await confirm(page, "So that others understand it");
  await expect(notice(page)).toContainText("You changed");
  await expect(page.getByText("Says now what it does.").first()).toBeVisible();
});
