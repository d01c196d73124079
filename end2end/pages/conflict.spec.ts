/** Two people, or one with two tabs, change the same: the second one is told, and loses nothing. */

import { flags, make, notice, open, problems, unfold } from "../support/flow.ts";
import { enter, expect, test } from "../support/test.ts";

test("the second of two tabs is told, keeps what was typed, and can make the change after a reload", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { two_tabs: { enabled: true, percentage: 0 } }, "development");
  const address = flags(staffed, "two_tabs", "development");
  await open(page, address);
  await unfold(page, "Change targets");
  await page.getByLabel("Always serve on to").fill("user_1\nuser_2");

  const other = await page.context().newPage();
  await other.goto(address);
  await unfold(other, "Change targets");
  await other.getByLabel("Always serve on to").fill("user_3");
  await other.locator("#targets").getByRole("button", { name: "Save" }).click();
  await expect(notice(other)).toContainText("two_tabs");

  await page.locator("#targets").getByRole("button", { name: "Save" }).click();
  await expect(problems(page)).toContainText("What you typed is kept");
  await expect(page.getByLabel("Always serve on to")).toHaveValue("user_1\nuser_2");
  await page.locator("#targets").getByRole("button", { name: "Save" }).click();
  await expect(problems(page), "sending it again overwrites nothing").toContainText("What you typed is kept");

  await page.goto(address);
  await expect(page.getByText("user_3 → serve on")).toBeVisible();
});

test("a switch in a stale tab does not undo what another tab did", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { stale_switch: { enabled: false } }, "development");
  const address = flags(staffed, "stale_switch", "development");
  await open(page, address);

  const other = await page.context().newPage();
  await other.goto(address);
  await unfold(other, "Change targets");
  await other.getByLabel("Always serve on to").fill("user_3");
  await other.locator("#targets").getByRole("button", { name: "Save" }).click();
  await expect(notice(other)).toContainText("stale_switch");

  await page.getByRole("switch").click();
  await expect(problems(page)).toBeVisible();
  await expect(page.getByRole("switch")).toHaveAttribute("aria-checked", "false");
});
