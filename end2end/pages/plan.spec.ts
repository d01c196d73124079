/** A rollout by plan, from its start on a page to rolling it back, with what a real server answers meanwhile. */

import { flags, make, notice, open, press, problems } from "../support/flow.ts";
import { expectAxeClean, expectNoSidewaysScroll, screenshot, THEMES } from "../support/look.ts";
import { enter, expect, hasJavaScript, LIN, test } from "../support/test.ts";

test("start the usual plan, pause, resume, advance, roll back", async ({ page, staffed: server }) => {
  // Each run has a flag of its own, on a server that the other uses too.
  const flag = `by_plan_${hasJavaScript() ? "with" : "without"}_script`;
  await enter(page, server, LIN);
  await make(page, server, { [flag]: { enabled: true, percentage: 0 } }, "development");
  await open(page, flags(server, flag, "development"));
  await page.getByRole("link", { name: "Roll out to everyone else by plan" }).click();
  await expect(page.getByRole("heading", { name: "Start a rollout" })).toBeVisible();
  await expect(page.getByLabel("Share of step 2", { exact: true })).toHaveValue("10");
  await expectAxeClean(page);

  await page.getByLabel("Share of step 2", { exact: true }).fill("0.5");
  await press(page, "Check");
  await expect(page.getByText("Step 2: Write more than 1 %")).toBeVisible();
  await press(page, "Start the rollout");
  await expect(problems(page)).toContainText("Write more than 1 %");
  await page.getByLabel("Share of step 2", { exact: true }).fill("10");
  await press(page, "Start the rollout");
  await expect(notice(page)).toContainText(`You started a rollout of ${flag}`);
  await expect(page.getByText(/Now 1 % get on, the rest get off\. Next: 10 % in/)).toBeVisible();
  for (const theme of THEMES) for (const width of [1280, 390]) await screenshot(page, `plan-${hasJavaScript()}`, theme, width);
  await expectAxeClean(page);
  await expectNoSidewaysScroll(page, 390);
  await page.setViewportSize({ width: 1280, height: 800 });

  await press(page, "Pause");
  await expect(notice(page)).toContainText("You paused the rollout");
  await expect(page.getByText(/The plan is paused; 10 % comes .* after it goes on\./)).toBeVisible();
  await press(page, "Resume");
  await expect(notice(page)).toContainText("You resumed the rollout");
  await press(page, "Go to 10 % now");
  await expect(notice(page)).toContainText("from 1 % to 10 %");
  await press(page, "Roll back to 0 %");
  await expect(notice(page)).toContainText("from 10 % to 0 %");
  await expect(page.getByText("Now nobody gets on; everybody gets off.")).toBeVisible();
  await expectAxeClean(page);

  await open(page, flags(server, flag, "development"));
  await expect(page.getByText("Now nobody gets on; everybody gets off.")).toBeVisible();
});

test("the demo has a plan under way", async ({ page, staffed: server }) => {
  await enter(page, server, LIN);
  await open(page, `${flags(server, "new_checkout", "production")}/plan`);
  await expect(page.getByText(/Now 10 % of everyone else get on, the rest get off\. Next: 25 % in/)).toBeVisible();
  await screenshot(page, `plan-demo-${hasJavaScript()}`);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("heading", { name: "Pause the rollout of new_checkout in production" })).toBeVisible();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
});
