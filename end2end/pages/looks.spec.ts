/** Every page, as those see it who use other means than we do: no axe violation, no sideways scroll, no id twice. */

import type { Page } from "@playwright/test";
import { Flagstaff } from "../support/flagstaff.ts";
import { audit, discard, draft, flags, make, open, press } from "../support/flow.ts";
import { expectAxeClean, expectNoSidewaysScroll } from "../support/look.ts";
import { ADA, enter, expect, GRACE, islandsReady, type Person, test } from "../support/test.ts";

/** The address of each page, and its status where it is another one than 200. */
type Pages = Record<string, (server: Flagstaff) => [path: string, status?: number]>;

const PAGES: Pages = {
  list: (server) => [flags(server)],
  "list, nothing found": (server) => [`${flags(server)}?q=nothing_like_this`],
  "list, archived": (server) => [`${flags(server)}?q=status:archived&sort=-seen`],
  "new flag": (server) => [flags(server, "new")],
  "flag, rolling out": (server) => [flags(server, "new_checkout")],
  "flag, objects": (server) => [flags(server, "checkout_limits")],
  "flag, expired": (server) => [flags(server, "dark_mode")],
  "flag, archived": (server) => [flags(server, "holiday_banner")],
  "edit a flag": (server) => [flags(server, "pricing_experiment", "edit")],
  "flag in production": (server) => [flags(server, "new_checkout", "production")],
  "flag in production, three variants": (server) => [flags(server, "pricing_experiment", "production")],
  "flag in development, off": (server) => [flags(server, "legacy_search", "development")],
  "archived flag in production": (server) => [flags(server, "holiday_banner", "production")],
  "new rule": (server) => [`${flags(server, "new_checkout", "production")}/rules/new`],
  "edit a rule with a time window": (server) => [`${flags(server, "checkout_limits", "production")}/rules/night`],
  "edit a rule with a share": (server) => [`${flags(server, "new_checkout", "production")}/rules/norway`],
  "drafts, none": (server) => [`${server.url}/p/demo/drafts`],
  "change requests": (server) => [`${server.url}/p/demo/changes?view=all`],
  "change requests, none": (server) => [`${server.url}/p/demo/changes?view=mine`],
  "a change request": (server) => [`${server.url}/p/demo/changes/1`],
  inbox: (server) => [`${server.url}/inbox`],
  "policy of an environment": (server) => [`${server.url}/p/demo/settings/environments/production/policy`],
  schedule: (server) => [`${server.url}/p/demo/schedule`],
  "scheduled change": (server) => [`${server.url}/p/demo/changes/2`],
  segments: (server) => [`${server.url}/p/demo/segments`],
  "new segment": (server) => [`${server.url}/p/demo/segments/new`],
  "edit a segment": (server) => [`${server.url}/p/demo/segments/staff?find=user`],
  "remove a segment": (server) => [`${server.url}/p/demo/segments/staff/delete`],
  playground: (server) => [`${server.url}/p/demo/playground`],
  "playground, a matrix": (server) => [
    `${server.url}/p/demo/playground?flag=new_checkout&a0=targetingKey&v0=user_1%0Auser_2&a1=plan&v1=pro%0Afree`,
  ],
  "playground, for a persona": (server) => [`${server.url}/p/demo/playground?flag=pricing_experiment&persona=pro_norway`],
  "playground, not to be read": (server) => [`${server.url}/p/demo/playground?as=json&context=%7Bplan&at=tomorrow&persona=x`],
  personas: (server) => [`${server.url}/p/demo/settings/personas`],
  "one persona": (server) => [`${server.url}/p/demo/settings/personas/pro_norway`],
  "new rule, three variants": (server) => [`${flags(server, "pricing_experiment", "production")}/rules/new`],
  history: (server) => [flags(server, "new_checkout", "history")],
  "compare a flag": (server) => [`${flags(server, "new_checkout", "compare")}?a=staging&b=production`],
  "compare all flags": (server) => [`${server.url}/p/demo/compare?a=staging&b=production`],
  "flag as of a moment": (server) => [`${flags(server, "new_checkout", "production")}?at=${yesterday()}`],
  "bring an environment back": (server) => [`${server.url}/p/demo/settings/environments/staging/revert`],
  "bring an environment back, preview": (server) => [`${server.url}/p/demo/settings/environments/staging/revert?at=${yesterday()}`],
  audit: (server) => [audit(server)],
  "audit, nothing found": (server) => [audit(server, { object: "nothing_like_this" })],
  "project settings": (server) => [`${server.url}/p/demo/settings`],
  environments: (server) => [`${server.url}/p/demo/settings/environments`],
  "edit an environment": (server) => [`${server.url}/p/demo/settings/environments/production`],
  "people of the project": (server) => [`${server.url}/p/demo/settings/people`],
  attributes: (server) => [`${server.url}/p/demo/settings/attributes`],
  "describe an attribute": (server) => [`${server.url}/p/demo/settings/attributes/new?name=locale`],
  "one attribute": (server) => [`${server.url}/p/demo/settings/attributes/plan`],
  "remove an attribute": (server) => [`${server.url}/p/demo/settings/attributes/phone/delete`],
  projects: (server) => [`${server.url}/projects`],
  evidence: (server) => [`${server.url}/history/evidence`],
  "new project": (server) => [`${server.url}/projects/new`],
  "all accounts": (server) => [`${server.url}/people`],
  "one account": (server) => [`${server.url}/people/${encodeURIComponent(GRACE.email)}`],
  "own account": (server) => [`${server.url}/account`],
  "history of the installation": (server) => [`${server.url}/history`],
  help: (server) => [`${server.url}/help`],
  "no such page": (server) => [`${server.url}/nowhere`, 404],
  "no such flag": (server) => [flags(server, "nowhere"), 404],
};

const VIEWER: Pages = {
  "list for a viewer": (server) => [flags(server)],
  "flag for a viewer": (server) => [flags(server, "new_checkout")],
  "flag in production for a viewer": (server) => [flags(server, "new_checkout", "production")],
  "new flag for a viewer": (server) => [flags(server, "new")],
  "a change request for a viewer": (server) => [`${server.url}/p/demo/changes/1`],
  "policy for a viewer": (server) => [`${server.url}/p/demo/settings/environments/production/policy`],
  "segment for a viewer": (server) => [`${server.url}/p/demo/segments/staff`],
  "people for a viewer": (server) => [`${server.url}/p/demo/settings/people`],
  "accounts are not for a viewer": (server) => [`${server.url}/people`, 403],
  "attributes for a viewer": (server) => [`${server.url}/p/demo/settings/attributes`],
  "playground for a viewer": (server) => [`${server.url}/p/demo/playground?persona=invited`],
  "rule for a viewer": (server) => [`${flags(server, "new_checkout", "production")}/rules/staff`],
};

const OUTSIDE: Pages = {
  login: (server) => [`${server.url}/login`],
  "dead set-up link": (server) => [`${server.url}/setup?token=used`, 403],
};

/** A moment of the demo's history. */
function yesterday(): string {
  return new Date(Date.now() - 24 * 3_600_000).toISOString();
}

/** Everything that a page is held to, whatever it shows. */
async function expectSound(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  await expect(page).toHaveTitle(/\S+ · Flagstaff$/);
  // In one go: an island that starts may hand an id on to what it puts in its place.
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((node) => node.id));
  expect(ids.filter((id, at) => ids.indexOf(id) !== at), "ids that stand twice").toEqual([]);
  await expectAxeClean(page);
  await expectNoSidewaysScroll(page, 390);
  await expectNoSidewaysScroll(page, 320);
  await expectAxeClean(page);
}

// Each page is looked at four times, and axe is thorough.
test.beforeEach(() => test.slow());

function looks(pages: Pages, person?: Person) {
  for (const [name, address] of Object.entries(pages)) {
    test(`${name}`, async ({ page, staffed, watch }) => {
      if (person) await enter(page, staffed, person);
      const [path, status = 200] = address(staffed);
      if (status !== 200) watch.allow(new RegExp(`^${status} GET`));
      const answer = await page.goto(path);
      expect(answer?.status()).toBe(status);
      await expectSound(page);
    });
  }
}

test.describe("signed in", () => looks(PAGES, ADA));
test.describe("for who only looks", () => looks(VIEWER, GRACE));
test.describe("signed out", () => looks(OUTSIDE));

// Where the viewer's day is another than that of UTC, each exact time says so. In one of these two zones it is.
for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
  test(`times of another day fit a phone, seen from ${zone} @with-javascript`, async ({ browser, staffed }) => {
    const context = await browser.newContext({ timezoneId: zone });
    const page = await context.newPage();
    await enter(page, staffed, ADA);
    for (const [address, status = 200] of Object.values(PAGES).map((of) => of(staffed))) {
      expect((await page.goto(address))?.status()).toBe(status);
      await islandsReady(page);
      await expectNoSidewaysScroll(page, 390);
      await expectNoSidewaysScroll(page, 320);
    }
    await context.close();
  });
}

test("set-up, and the empty list behind it", async ({ page }) => {
  const server = await Flagstaff.start([]);
  try {
    await page.goto(await server.setupLink());
    await expectSound(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    await press(page, "Set up");
    await expect(page.getByRole("alert")).toBeVisible();
    await expectSound(page);
    const you = page.getByRole("group", { name: "You", exact: true });
    await you.getByLabel("Name").fill(ADA.name);
    await you.getByLabel("E-mail address").fill(ADA.email);
    await you.getByLabel("Password").fill(ADA.password);
    await page.getByRole("group", { name: "Your first project" }).getByLabel("Name").fill("Web shop");
    await page.getByLabel("Demo data to explore").uncheck();
    await press(page, "Set up");
    await expect(page.getByRole("heading", { name: "No flags yet" })).toBeVisible();
    await expectSound(page);
  } finally {
    await server.stop();
  }
});

test("sign-in before set-up says what to do", async ({ page, flagstaff }) => {
  await page.goto(`${flagstaff.url}/login`);
  await expect(page.getByText("Nobody has set this server up yet.")).toBeVisible();
  await expectSound(page);
});

test("the confirm page, asked and refused", async ({ page, staffed }) => {
  await enter(page, staffed);
  await page.goto(flags(staffed, "legacy_search", "production"));
  await page.getByRole("switch").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Turn on legacy_search in production");
  await expectSound(page);
  await press(page, "Apply change");
  await expect(page.getByRole("alert").getByRole("link"), "the reason and the name are missing").toHaveCount(2);
  await expectSound(page);
});

test("a draft, on its own page and on its flag's", async ({ page, staffed }) => {
  await enter(page, staffed);
  const address = flags(staffed, "legacy_search", "development");
  await page.goto(address);
  await page.getByLabel("Everybody gets").selectOption("on");
  await page.locator("#off-variant").getByRole("button", { name: "Add to draft" }).click();
  await expect(draft(page)).toBeVisible();
  await expectSound(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("link", { name: "See draft" }).click();
  await expectSound(page);
  await page.goto(`${staffed.url}/p/demo/drafts`);
  await expect(page.getByRole("link", { name: "legacy_search in development" })).toBeVisible();
  await expectSound(page);
  await page.goto(address);
  await discard(page);
});

test("the page before a change of a segment", async ({ page, staffed }) => {
  await enter(page, staffed);
  await page.goto(`${staffed.url}/p/demo/segments/staff`);
  await page.getByLabel("Or paste them").fill("user_1\nuser_2\nuser_1");
  await press(page, "Save");
  await expect(page.getByText("twice in the file")).toBeVisible();
  await expectSound(page);
});

test("refused forms", async ({ page, staffed }) => {
  await enter(page, staffed);
  await page.goto(flags(staffed, "new"));
  await press(page, "Create flag");
  await expect(page.getByRole("alert")).toBeVisible();
  await expectSound(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await open(page, `${flags(staffed, "new_checkout", "development")}/rules/new`);
  await press(page, "Add to draft");
  await expect(page.getByRole("alert")).toBeVisible();
  await expectSound(page);
});

test("a rule half written, with chips and shares", async ({ page, staffed }) => {
  await enter(page, staffed);
  await open(page, `${flags(staffed, "pricing_experiment", "development")}/rules/new`);
  await page.getByLabel("Attribute").fill("plan");
  await page.getByLabel("Values", { exact: true }).fill("pro\nteam\nfree");
  await page.getByText("A percentage", { exact: true }).click();
  await press(page, "Check");
  await expect(page.locator("#rule-preview")).toContainText(/sentence|saved|IF/);
  await expectSound(page);
});

test("what was just done, with its way back", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { just_done: { enabled: false } }, "development");
  await page.goto(flags(staffed, "just_done", "development"));
  await page.getByRole("switch").click();
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await expectSound(page);
});

test("what is not one's to do", async ({ page, staffed, watch }) => {
  await enter(page, staffed, GRACE);
  watch.allow(/^403 POST/);
  await page.goto(`${flags(staffed, "new_checkout", "production")}/rules/staff`);
  // A page from before the right was taken away.
  await page.locator("main").evaluate((main) => {
    main.insertAdjacentHTML("beforeend", '<form method="post"><button>Save a stale form</button></form>');
  });
  await press(page, "Save a stale form");
  await expect(page.getByRole("heading", { name: "You may not do that" })).toBeVisible();
  await expectSound(page);
});

test("menus and dialogs", async ({ page, staffed }) => {
  await enter(page, staffed);
  await page.goto(flags(staffed));
  await page.getByRole("button", { name: ADA.name }).click();
  await expect(page.getByRole("group", { name: "Account" })).toBeVisible();
  await expectAxeClean(page);
});
