/** The history as evidence: its state in a line, verified at once by an owner, and how long it is kept. */

import { open } from "../support/flow.ts";
import { expectAxeClean, expectNoSidewaysScroll } from "../support/look.ts";
import { enter, expect, test } from "../support/test.ts";

test("an owner verifies the history and says how long it is kept", async ({ page, staffed }) => {
  await enter(page, staffed);
  await open(page, `${staffed.url}/history`);
  await page.getByRole("link", { name: "Evidence" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Evidence");
  await page.getByRole("button", { name: "Verify all rows now" }).click();
  await expect(page.getByText(/^Intact to row \d+, verified /)).toBeVisible();
  await expectAxeClean(page);
  await expectNoSidewaysScroll(page);

  await page.getByLabel("Keep rows for").fill("30");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Write a number of days from 90 to 36500.").first()).toBeVisible();
  await page.getByLabel("Keep rows for").fill("365");
  await page.getByLabel("Why").fill("What the auditors ask for");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("You set the history to be kept for 365 days, before for ever.")).toBeVisible();
  await expect(page.getByText(/^Nothing is removed before /)).toBeVisible();
});
