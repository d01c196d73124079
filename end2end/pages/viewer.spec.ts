/** Who may only look sees everything but other people's keys, and why the controls do nothing; and the server holds to it. */

import type { Page } from "@playwright/test";
import { audit, changes, diff, flags, make, open, switchOf } from "../support/flow.ts";
import { ADA, asSameOrigin, enter, expect, GRACE, test } from "../support/test.ts";

const REASON = "Needs the role editor; yours is viewer.";

/** A button that does nothing for who looks, called by what it would do and why it does not. */
function disabled(page: Page, name: string) {
  return page.getByRole("button", { name: new RegExp(`^${name} ?\\. Not available: ${REASON}`) });
}

test("the list shows switches that cannot be turned, and why", async ({ page, staffed }) => {
  await enter(page, staffed, GRACE);
  await open(page, flags(staffed));
  const toggle = page.getByRole("switch", { name: `new_checkout in development. Not available: ${REASON}` });
  await expect(toggle).toHaveAttribute("aria-disabled", "true");
  await toggle.click({ force: true });
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await expect(page).toHaveURL(flags(staffed));
  await expect(disabled(page, "New flag")).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByText(REASON).first()).toBeVisible();
});

test("a flag's pages offer no change and say why", async ({ page, staffed }) => {
  await enter(page, staffed, GRACE);
  await open(page, flags(staffed, "new_checkout"));
  for (const name of ["Edit", "Archive"]) {
    await expect(disabled(page, name)).toHaveAttribute("aria-disabled", "true");
  }
  await open(page, flags(staffed, "new_checkout", "production"));
  await expect(page.getByText(REASON).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^(Save|Review|Move|Pause|Remove)/ })).toHaveCount(0);
  await expect(disabled(page, "Add rule")).toHaveAttribute("aria-disabled", "true");
});

test("who is targeted is masked, on the page and in the audit", async ({ page, staffed }) => {
  await enter(page, staffed, ADA);
  await make(page, staffed, { masked: { enabled: true, allowed_users: ["secret_user_1", "secret_user_2"] } });
  await page.context().clearCookies();
  await enter(page, staffed, GRACE);
  await open(page, flags(staffed, "masked", "production"));
  await expect(page.getByText("2 keys → serve on")).toBeVisible();
  for (const address of [flags(staffed, "masked", "production"), flags(staffed, "masked", "history"), audit(staffed)]) {
    const answer = await page.request.get(address);
    expect(answer.status()).toBe(200);
    expect(await answer.text(), address).not.toContain("secret_user");
  }
  await open(page, audit(staffed, { object: "masked" }));
  await expect(await diff(changes(page).first())).toContainText("targets");
});

/** What a form of an editor would send, and where to. */
const POSTS: Record<string, [string, Record<string, string>]> = {
  "turn a flag off": ["/dark_mode/development", { _form: "switch", enabled: "false" }],
  "write a rule": ["/dark_mode/development/rules/new", { _form: "rule", serve: "variant", "serve.variant": "on" }],
  "change targets": ["/dark_mode/development", { _form: "targets", "units[on]": "user_1" }],
  "create a flag": ["/new", { _form: "definition", key: "smuggled" }],
  "edit a definition": ["/dark_mode/edit", { _form: "definition", description: "Smuggled" }],
  "archive a flag": ["/dark_mode", { _form: "archive" }],
};

for (const [what, [path, form]] of Object.entries(POSTS)) {
  test(`a hand-made post cannot ${what}`, async ({ page, staffed }) => {
    await enter(page, staffed, GRACE);
    const answer = await page.request.post(flags(staffed) + path, { form, headers: asSameOrigin(staffed), maxRedirects: 0 });
    expect(answer.status()).toBe(403);
    expect(await answer.text()).toContain(REASON);
  });
}

test("the islands' own door is closed to a viewer too", async ({ page, staffed }) => {
  await enter(page, staffed, GRACE);
  const form = { project: "demo", flag: "dark_mode", environment: "development", enabled: "false" };
  const answer = await page.request.post(`${staffed.url}/fn/set_enabled`, { form, headers: asSameOrigin(staffed) });
  expect(answer.status()).toBe(403);
});

test("a post from another site changes nothing, whoever is signed in", async ({ page, staffed }) => {
  await enter(page, staffed, ADA);
  const form = { _form: "switch", enabled: "false" };
  const to = flags(staffed, "dark_mode", "development");
  const foreign: Record<string, string>[] = [
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { Origin: staffed.url, "Sec-Fetch-Site": "cross-site" },
  ];
  for (const headers of foreign) {
    const answer = await page.request.post(to, { form, headers, maxRedirects: 0 });
    expect(answer.status(), JSON.stringify(headers)).toBe(403);
  }
  await open(page, to);
  await expect(switchOf(page, "dark_mode", "development")).toHaveAttribute("aria-checked", "true");
});
