/** Looking back and going back: a change undone as a draft, one environment copied to another, the past of a flag. */

import { flags, make, open } from "../support/flow.ts";
import { enter, expect, test } from "../support/test.ts";

test("a change is reverted from its row in the history, as a draft that is saved", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { undo_me: { enabled: true, percentage: 100 } }, "development");
  const address = flags(staffed, "undo_me", "development");
  await open(page, address);
  await page.getByRole("switch").click();
  await expect(page.getByRole("switch")).toHaveAttribute("aria-checked", "false");

  await open(page, flags(staffed, "undo_me", "history"));
  await page.getByRole("button", { name: /^Revert/ }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Your draft of undo_me in development");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await open(page, address);
  await expect(page.getByRole("switch")).toHaveAttribute("aria-checked", "true");
});

test("the past of a flag is opened from its history and leads back to now", async ({ page, staffed }) => {
  await enter(page, staffed);
  await open(page, flags(staffed, "new_checkout", "history"));
  await page.getByRole("link", { name: /^As of then/ }).first().click();
  await expect(page.getByText(/^As it was /)).toBeVisible();
  await expect(page.getByRole("switch")).toHaveCount(0);
  await page.getByLabel("Targeting key").fill("user_1");
  await page.getByRole("button", { name: "Try" }).click();
  await expect(page.getByRole("group", { name: "The answer" })).toBeVisible();
  await expect(page.getByText(/^As it was /), "still the same moment").toBeVisible();
  await page.getByRole("link", { name: "See it now" }).click();
  await expect(page.getByRole("switch")).toHaveCount(1);
});

test("what staging has is copied to development as a draft", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { copy_me: { enabled: true, allowed_users: ["user_7"] } }, "staging");
  await open(page, `${flags(staffed, "copy_me", "compare")}?a=staging&b=development`);
  await page.getByLabel("The switch too").check();
  await page.getByRole("button", { name: "Copy staging to development" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Your draft of copy_me in development");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await open(page, `${flags(staffed, "copy_me", "compare")}?a=staging&b=development`);
  await expect(page.getByText("both are alike")).toBeVisible();
});
