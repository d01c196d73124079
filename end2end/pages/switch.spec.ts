/** The switch, the quickest change there is: at once where nobody is hurt, with a question where customers are. */

import { audit, changes, confirm, flags, make, notice, open, switchOf } from "../support/flow.ts";
import { enter, expect, hasJavaScript, test } from "../support/test.ts";

test.beforeEach(async ({ page, staffed }) => enter(page, staffed));

test("on the list, in development: on at once, and Undo turns it off again", async ({ page, staffed }) => {
  await make(page, staffed, { switched: { enabled: false } }, "development");
  await open(page, `${flags(staffed)}?q=switched`);
  const toggle = switchOf(page, "switched", "development");
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await toggle.click();
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await expect(notice(page)).toContainText("You turned on switched in development.");
  await expect(page, "the search stays").toHaveURL(/[?&]q=switched/);

  await notice(page).getByRole("button", { name: "Undo" }).click();
  await expect(notice(page)).toContainText("You turned off switched in development.");
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await open(page, audit(staffed, { object: "switched" }));
  await expect(changes(page)).toContainText(["turned off switched", "turned on switched", "imported"]);
});

test("turning on in production asks for a reason and the environment's name", async ({ page, staffed, watch }) => {
  // The island asks first; told that a click is not enough, it sends the form.
  if (hasJavaScript()) watch.allow(/^428 POST .*\/fn\/set_enabled$/);
  await make(page, staffed, { asked: { enabled: false } });
  await open(page, `${flags(staffed)}?q=asked`);
  await switchOf(page, "asked", "production").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Turn on asked in production");
  await confirm(page, "Checked in staging for a week");
  await expect(notice(page)).toContainText("You turned on asked in production.");
  await expect(page, "back on the list").toHaveURL(/\/flags\?q=asked/);
  await expect(switchOf(page, "asked", "production")).toHaveAttribute("aria-checked", "true");
});

test("the confirm page can be left without a change", async ({ page, staffed, watch }) => {
  if (hasJavaScript()) watch.allow(/^428 POST .*\/fn\/set_enabled$/);
  await make(page, staffed, { left_alone: { enabled: false } });
  await open(page, flags(staffed, "left_alone"));
  await switchOf(page, "left_alone", "production").click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page).toHaveURL(flags(staffed, "left_alone"));
  await expect(switchOf(page, "left_alone", "production")).toHaveAttribute("aria-checked", "false");
});

test("turning off in production takes one click", async ({ page, staffed }) => {
  await make(page, staffed, { turned_off: { enabled: true } });
  await open(page, flags(staffed, "turned_off", "production"));
  const toggle = switchOf(page, "turned_off", "production");
  await toggle.click();
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await expect(notice(page)).toContainText("You turned off turned_off in production.");
});

test("the keyboard reaches a switch by Tab and turns it by Space", async ({ page, staffed }) => {
  await make(page, staffed, { by_keyboard: { enabled: false } }, "development");
  await open(page, `${flags(staffed)}?q=by_keyboard`);
  const toggle = switchOf(page, "by_keyboard", "development");
  for (let presses = 0; presses < 60; presses++) {
    if (await toggle.evaluate((node) => node === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(toggle).toBeFocused();
  await page.keyboard.press("Space");
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await expect(notice(page)).toContainText("by_keyboard");
});

test("a list of switches answers without loading the page anew @with-javascript", async ({ page, staffed }) => {
  await make(page, staffed, { in_place: { enabled: true } });
  await make(page, staffed, { in_place: { enabled: true } }, "development");
  await expect(async () => {
    await open(page, `${flags(staffed)}?q=in_place`);
    await expect(switchOf(page, "in_place", "development")).toHaveAttribute("aria-checked", "true", { timeout: 100 });
  }).toPass();
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
  await switchOf(page, "in_place", "development").click();
  await expect(notice(page)).toContainText("You turned off in_place in development.");
  expect(await page.evaluate(() => "sameDocument" in globalThis)).toBe(true);
});
