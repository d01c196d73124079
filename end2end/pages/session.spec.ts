/** One's own session: in and out, and the theme one likes. */

import type { Page } from "@playwright/test";
import { flags, open, press } from "../support/flow.ts";
import { ADA, enter, expect, signIn, test } from "../support/test.ts";

/** The colours that the page is drawn in. */
function colours(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

async function openAccount(page: Page) {
  await page.getByRole("button", { name: ADA.name }).click();
  return page.getByRole("group", { name: "Account" });
}

test("signing in leads to where one wanted to go", async ({ page, staffed }) => {
  await page.goto(flags(staffed, "dark_mode", "history"));
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel("E-mail address").fill(ADA.email);
  await page.getByLabel("Password").fill(ADA.password);
  await press(page, "Sign in");
  await expect(page).toHaveURL(flags(staffed, "dark_mode", "history"));
});

test("an address of somebody else is not gone to after signing in", async ({ page, staffed }) => {
  await page.goto(`${staffed.url}/login?next=//evil.example/`);
  await page.getByLabel("E-mail address").fill(ADA.email);
  await page.getByLabel("Password").fill(ADA.password);
  await press(page, "Sign in");
  await expect(page).toHaveURL(flags(staffed));
});

test("signing out ends the session, for the back button and for a kept cookie", async ({ page, staffed }) => {
  await signIn(page, staffed);
  await open(page, flags(staffed));
  const cookies = await page.context().cookies();
  const account = await openAccount(page);
  await account.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(`${staffed.url}/login`);
  await page.goBack();
  await expect(page).toHaveURL(/\/login/);
  await page.context().addCookies(cookies);
  await page.goto(flags(staffed));
  await expect(page).toHaveURL(/\/login/);
});

test("the session's cookie cannot be read by scripts and is sent to no other site", async ({ page, staffed }) => {
  await enter(page, staffed);
  const session = (await page.context().cookies()).find((cookie) => cookie.name.includes("flagstaff"));
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax" });
});

test("a chosen theme stays, and the system's is followed until then", async ({ page, staffed }) => {
  await enter(page, staffed);
  await open(page, flags(staffed));
  await page.emulateMedia({ colorScheme: "light" });
  const light = await colours(page);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await colours(page);
  expect(dark).not.toBe(light);

  await (await openAccount(page)).getByRole("button", { name: "Light" }).click();
  await expect(page, "back where one was").toHaveURL(flags(staffed));
  expect(await colours(page)).toBe(light);
  await page.goto(flags(staffed, "dark_mode"));
  expect(await colours(page)).toBe(light);
  const account = await openAccount(page);
  await expect(account.getByRole("button", { name: "Light" })).toHaveAttribute("aria-pressed", "true");
  await account.getByRole("button", { name: "System" }).click();
  expect(await colours(page)).toBe(dark);
});
