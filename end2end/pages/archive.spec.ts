/** A flag's end, and its way back. */

import { confirm, flags, make, notice, open, press, switchOf } from "../support/flow.ts";
import { enter, expect, test } from "../support/test.ts";

test.beforeEach(async ({ page, staffed }) => enter(page, staffed));

test("a flag is archived and restored, each with a reason, as it stood", async ({ page, staffed }) => {
  await make(page, staffed, { put_away: { enabled: true, percentage: 40 } });
  const key = await staffed.createKey("server", "archive");
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const ask = async () => {
    const body = JSON.stringify({ context: { targetingKey: "user_1" } });
    const answer = await fetch(`${staffed.url}/ofrep/v1/evaluate/flags/put_away`, { method: "POST", headers, body });
    return { status: answer.status, ...(await answer.json()) };
  };
  await expect.poll(async () => (await ask()).status).toBe(200);
  const before = await ask();

  await open(page, flags(staffed, "put_away"));
  await press(page, "Archive");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Archive put_away in every environment");
  await confirm(page, "Its code is gone");
  await expect(notice(page)).toContainText("You archived put_away.");
  expect(await ask()).toMatchObject({ status: 404, errorCode: "FLAG_NOT_FOUND" });

  await page.goto(flags(staffed, "put_away", "production"));
  await expect(page.getByText("This flag is archived.")).toBeVisible();
  await expect(page.getByRole("switch")).toHaveAttribute("aria-disabled", "true");

  await page.goto(flags(staffed, "put_away"));
  await press(page, "Restore");
  await confirm(page, "Somebody still needs it");
  await expect(notice(page)).toContainText("You restored put_away.");
  await expect(switchOf(page, "put_away", "production")).toHaveAttribute("aria-checked", "true");
  expect(await ask()).toEqual(before);
});

test("an archived flag is out of the list, but not out of its search", async ({ page, staffed }) => {
  await open(page, flags(staffed));
  await expect(page.getByRole("link", { name: "holiday_banner" })).toHaveCount(0);
  await open(page, `${flags(staffed)}?q=status:archived`);
  await expect(page.getByRole("link", { name: "holiday_banner" })).toBeVisible();
});
