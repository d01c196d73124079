/** Two people, or one with two tabs, change the same: nobody loses anything, and nobody overwrites what they have not seen. */

import type { Page } from "@playwright/test";
import { draft, flags, make, notice, open, press, problems, save, unfold } from "../support/flow.ts";
import { enter, expect, LIN, test } from "../support/test.ts";

/** Puts individual targets of `on` into the draft. */
async function target(page: Page, units: string) {
  await unfold(page, "Change targets");
  await page.getByLabel("Always serve on to").fill(units);
  await page.locator("#targets").getByRole("button", { name: "Add to draft" }).click();
}

/** What is served while the flag is off, into the draft. */
async function whileOff(page: Page, variant: string) {
  await page.getByLabel("Everybody gets").selectOption(variant);
  await page.locator("#off-variant").getByRole("button", { name: "Add to draft" }).click();
}

test("the second of two tabs is told, and keeps what was typed", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { two_tabs: { enabled: true, percentage: 0 } }, "development");
  const address = flags(staffed, "two_tabs", "development");
  await open(page, address);
  const other = await page.context().newPage();
  await other.goto(address);
  await target(other, "user_3");
  await expect(draft(other)).toBeVisible();

  await target(page, "user_1\nuser_2");
  await expect(problems(page)).toContainText("What you typed is kept");
  await expect(page.getByLabel("Always serve on to")).toHaveValue("user_1\nuser_2");
  await page.goto(address);
  await expect(page.getByText("user_3 → serve on")).toBeVisible();
});

test("edits of two people that touch different parts are merged", async ({ page, staffed, browser }) => {
  await enter(page, staffed);
  await make(page, staffed, { two_people: { enabled: true, percentage: 0 } }, "development");
  const address = flags(staffed, "two_people", "development");
  await open(page, address);
  await target(page, "user_1");

  const lin = await browser.newPage();
  await enter(lin, staffed, LIN);
  await lin.goto(address);
  await expect(lin.getByText("has unsaved changes here")).toBeVisible();
  await whileOff(lin, "on");
  await save(lin);
  await expect(notice(lin)).toContainText("two_people");

  await page.goto(address);
  await expect(page.getByText(/^Lin Chen saved a change here (just now|\d+ s ago), after your draft began\.$/)).toBeVisible();
  await press(page, "Update my draft");
  await expect(page.getByText(/^Lin Chen saved a change here (just now|\d+ s ago), after your draft began\.$/)).toHaveCount(0);
  await save(page);
  await expect(notice(page)).toContainText("two_people");
  await expect(page.getByText("user_1 → serve on")).toBeVisible();
  await expect(page.getByLabel("Everybody gets")).toHaveValue("on");
  await lin.close();
});

test("edits of two people of the same part stand side by side, and one is chosen", async ({ page, staffed, browser }) => {
  await enter(page, staffed);
  await make(page, staffed, { two_minds: { enabled: true, percentage: 0, allowed_users: ["user_1"] } }, "development");
  const address = flags(staffed, "two_minds", "development");
  await open(page, address);
  await whileOff(page, "on");
  await target(page, "user_1\nuser_2");

  const lin = await browser.newPage();
  await enter(lin, staffed, LIN);
  await lin.goto(address);
  await target(lin, "user_3");
  await save(lin);
  await expect(notice(lin)).toContainText("two_minds");
  await target(lin, "");
  await unfold(lin, "Change targets");
  await lin.getByLabel("Always serve off to").fill("user_2");
  await lin.locator("#targets").getByRole("button", { name: "Add to draft" }).click();
  await save(lin);
  await expect(notice(lin)).toContainText("two_minds");

  await page.goto(address);
  await save(page);
  await expect(problems(page)).toContainText("nothing is lost");
  const table = page.getByRole("region", { name: "What both sides changed" });
  for (const column of ["As it was", "Theirs, live now", "Yours"]) {
    await expect(table.getByRole("columnheader", { name: column })).toHaveCount(1);
  }
  await table.getByRole("radio", { name: "Take yours for individual targets / user_2" }).check();
  await press(page, "Update my draft");
  await save(page);
  await expect(notice(page)).toContainText("two_minds");
  await expect(page.getByText("user_2 → serve on")).toBeVisible();
  await expect(page.getByText("user_1 → serve on")).toHaveCount(0);
  await expect(page.getByLabel("Everybody gets")).toHaveValue("on");
  await lin.close();
});

test("a switch in a stale tab does not undo what another tab did", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { stale_switch: { enabled: false } }, "development");
  const address = flags(staffed, "stale_switch", "development");
  await open(page, address);

  const other = await page.context().newPage();
  await other.goto(address);
  await target(other, "user_3");
  await save(other);
  await expect(notice(other)).toContainText("stale_switch");

  await page.getByRole("switch").click();
  await expect(problems(page)).toBeVisible();
  await expect(page.getByRole("switch")).toHaveAttribute("aria-checked", "false");
});
