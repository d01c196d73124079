/** The owner lets colleagues in: an account for each, a role in a project, and a first password that nobody else keeps. */

import type { Page } from "@playwright/test";
import { flags, notice, open, press } from "../support/flow.ts";
import type { Flagstaff } from "../support/flagstaff.ts";
import { expectAxeClean, expectNoSidewaysScroll } from "../support/look.ts";
import { enter, expect, hasJavaScript, type Person, test } from "../support/test.ts";

const PEOPLE = "/p/demo/settings/people";

/** Each run has accounts of its own, on a server that others use too. */
function colleague(role: string): Person {
  const name = `${role} ${hasJavaScript() ? "Script" : "Plain"}`;
  return { name, email: `${name.toLowerCase().replace(" ", ".")}@example.com`, password: `${role} of one's own words` };
}

/** Makes an account and gives the password that the answer shows. */
async function createAccount(page: Page, server: Flagstaff, person: Person): Promise<string> {
  await open(page, `${server.url}/people`);
  const form = page.getByRole("region", { name: "Create an account" });
  await form.getByLabel("Name", { exact: true }).fill(person.name);
  await form.getByLabel("E-mail address").fill(person.email);
  await press(form, "Create account");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${person.name} has an account`);
  const password = await page.locator("dt", { hasText: /^Password$/ }).locator("xpath=..").locator("code").textContent();
  expect(password).toMatch(/^[0-9a-z]{5}(-[0-9a-z]{5}){3}$/);
  return password ?? "";
}

async function addToProject(page: Page, server: Flagstaff, person: Person, role: string): Promise<void> {
  await open(page, server.url + PEOPLE);
  const form = page.getByRole("region", { name: "Add somebody" });
  await form.getByLabel("Account").selectOption(person.email);
  await form.getByLabel("Role").selectOption({ label: role });
  await press(form, "Add to the project");
  await expect(notice(page)).toContainText(`You added ${person.email} to the project as ${role.toLowerCase()}.`);
}

/** How many of the people on the page have a role in the project; owners need none. */
async function members(page: Page): Promise<number> {
  return page.getByLabel(/^Role of /).count();
}

/** Signs in for the first time, on the way to `address`. */
async function signInFirst(page: Page, address: string, person: Person, given: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto(address);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill(given);
  await press(page, "Sign in");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Choose your own password");
}

async function choosePassword(page: Page, given: string, chosen: string): Promise<void> {
  await page.getByLabel("The password you were given").fill(given);
  await page.getByLabel("New password").fill(chosen);
  await press(page, "Change password");
}

test("three colleagues get accounts and roles, and choose their own passwords first", async ({ page, staffed }) => {
  test.slow();
  const team: [string, Person, string][] = [];
  await enter(page, staffed);
  for (const role of ["Viewer", "Editor", "Admin"]) {
    const person = colleague(role);
    team.push([role, person, await createAccount(page, staffed, person)]);
    await addToProject(page, staffed, person, role);
  }
  await expectAxeClean(page);
  await expectNoSidewaysScroll(page, 390);

  for (const [role, person, given] of team) {
    await signInFirst(page, flags(staffed), person, given);
    await page.goto(`${staffed.url}/projects`);
    await expect(page, "nothing else opens").toHaveURL(/\/account\/password/);
    await page.goto(flags(staffed));
    await choosePassword(page, given, "short");
    await expect(page.getByText(/at least 12 characters/).first()).toBeVisible();
    await choosePassword(page, given, person.password);
    await expect(page, "where they wanted to go").toHaveURL(flags(staffed));
    const newFlag = page.getByRole(role === "Viewer" ? "button" : "link", { name: /^New flag/ });
    await expect(newFlag).toBeVisible();
    await open(page, staffed.url + PEOPLE);
    const add = page.getByRole("button", { name: /^Add to the project/ });
    await (role === "Admin" ? expect(add).not : expect(add)).toHaveAttribute("aria-disabled", "true");
    await expect(page.getByRole("button", { name: /^Save the role of/ })).toHaveCount(role === "Admin" ? await members(page) : 0);
  }
});

test("a lost password is replaced by a temporary one, which ends the sessions there are", async ({ page, browser, staffed }) => {
  const person = colleague("Lost");
  await enter(page, staffed);
  const given = await createAccount(page, staffed, person);
  const theirs = await browser.newContext({ javaScriptEnabled: hasJavaScript() });
  const there = await theirs.newPage();
  await signInFirst(there, `${staffed.url}/projects`, person, given);
  await choosePassword(there, given, person.password);
  await expect(there.getByRole("heading", { level: 1 })).toHaveText("Projects");

  await open(page, `${staffed.url}/people/${encodeURIComponent(person.email)}`);
  await expectAxeClean(page);
  await press(page, "Set temporary password");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${person.name} has a new password`);
  await expectAxeClean(page);
  await there.goto(`${staffed.url}/account`);
  await expect(there).toHaveURL(/\/login/);
  await theirs.close();
});
