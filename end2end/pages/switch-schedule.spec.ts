/** A switch that is turned at a moment: from the flag's page, where nothing is asked, and from the confirm page. */

import { flags, make, notice, open, press, problems, switchOf } from "../support/flow.ts";
import { expectAxeClean, expectNoSidewaysScroll, screenshot, THEMES } from "../support/look.ts";
import { enter, expect, hasJavaScript, LIN, test } from "../support/test.ts";

test("turn on a flag on a Monday morning", async ({ page, staffed: server }) => {
  const flag = `monday_${hasJavaScript() ? "with" : "without"}_script`;
  await enter(page, server, LIN);
  await make(page, server, { [flag]: { enabled: false, percentage: 100 } }, "development");
  await open(page, flags(server, flag, "development"));
  await page.getByRole("link", { name: "Schedule turning it on" }).click();
  await expect(page.getByRole("heading", { name: `Schedule: Turn on ${flag} in development` })).toBeVisible();
  await expectAxeClean(page);

  await page.getByLabel("At", { exact: true }).fill("monday");
  await page.getByLabel("Why").fill("The launch.");
  await press(page, "Schedule");
  await expect(problems(page)).toContainText("is no moment");
  await expect(page.getByLabel("Why")).toHaveValue("The launch.");

  await page.getByLabel("At", { exact: true }).fill("2036-11-03 07:30 Europe/Berlin");
  for (const theme of THEMES) await screenshot(page, `switch-schedule-${hasJavaScript()}`, theme);
  await expectNoSidewaysScroll(page, 390);
  await press(page, "Schedule");
  await expect(notice(page)).toContainText("It is scheduled. It will be applied by itself.");
  await expect(page.getByText("3 Nov 2036 07:30 in Europe/Berlin (3 Nov 2036 06:30 UTC)").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Approve" })).toHaveCount(0);
  await expectAxeClean(page);
  await open(page, flags(server, flag, "development"));
  await expect(page.getByText(/^Scheduled for 3 Nov 2036/)).toBeVisible();
  await expect(switchOf(page, flag, "development")).toHaveAttribute("aria-checked", "false");
});

test("the confirm page of a switch leads to a later moment", async ({ page, staffed: server }) => {
  const flag = `critical_monday_${hasJavaScript() ? "with" : "without"}_script`;
  await enter(page, server, LIN);
  await make(page, server, { [flag]: { enabled: false, percentage: 100 } });
  await open(page, flags(server, flag, "production"));
  await switchOf(page, flag, "production").click();
  await page.getByRole("link", { name: "Schedule…" }).click();
  await page.getByLabel("At", { exact: true }).fill("2036-11-03 07:30");
  await page.getByLabel("Why").fill("The launch.");
  await press(page, "Schedule");
  await expect(problems(page)).toContainText("Type production to confirm");
  await page.getByLabel("Environment production").fill("production");
  await press(page, "Schedule");
  await expect(notice(page)).toContainText("It is scheduled.");
});
