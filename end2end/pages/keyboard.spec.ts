/** What the keyboard does on every page. The switch by keyboard is in switch.spec.ts. */

import { flags, open } from "../support/flow.ts";
import { expectAxeClean } from "../support/look.ts";
import { enter, expect, test } from "../support/test.ts";

test.beforeEach(async ({ page, staffed }) => enter(page, staffed));

test("the first Tab offers to skip to the content", async ({ page, staffed }) => {
  await open(page, flags(staffed));
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#main$/);
});

test("a slash goes to the search, and types nothing @with-javascript", async ({ page, staffed }) => {
  await open(page, flags(staffed));
  await page.keyboard.press("/");
  await expect(page.getByLabel("Search", { exact: true })).toBeFocused();
  await page.keyboard.type("/dark");
  await expect(page.getByLabel("Search", { exact: true })).toHaveValue("/dark");
});

test("g and a letter go from page to page @with-javascript", async ({ page, staffed }) => {
  await open(page, flags(staffed));
  await page.keyboard.type("ga");
  await expect(page.getByRole("heading", { name: "Audit log" })).toBeVisible();
  await open(page, page.url());
  await page.keyboard.type("gs");
  await expect(page.getByRole("heading", { name: "Segments", level: 1 })).toBeVisible();
  await open(page, page.url());
  await page.keyboard.type("gf");
  await expect(page.getByRole("heading", { name: "Flags", level: 1 })).toBeVisible();
});

test("a question mark lists the keys, and they can be turned off @with-javascript", async ({ page, staffed }) => {
  await open(page, flags(staffed));
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(dialog).toBeVisible();
  await expectAxeClean(page);
  await dialog.getByRole("button", { name: "Turn shortcuts off" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.keyboard.type("ga");
  await page.keyboard.press("?");
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(flags(staffed));
});
