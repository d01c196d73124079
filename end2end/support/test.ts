/** Playwright's `test` with a running Flagstaff, its people, and a page whose console is watched. */

import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { Flagstaff } from "./flagstaff.ts";
import { Watch } from "./watch.ts";

export interface Person {
  name: string;
  email: string;
  password: string;
}

/** Who there is in every test: the owner, and a member of the demo project for each role that a test asks for. */
export const ADA: Person = { name: "Ada Lovelace", email: "ada@example.com", password: "correct horse battery" };
export const GRACE: Person = { name: "Grace Hopper", email: "grace@example.com", password: "a bug in relay 70" };

export const LIN: Person = { name: "Lin Chen", email: "lin@example.com", password: "seven green bottles" };

interface PerWorker {
  /** With demo data and no account: for what needs none. */
  flagstaff: Flagstaff;
  /** The same, with Ada as its owner, Lin as an editor and Grace as a viewer of the demo project. */
  staffed: Flagstaff;
}

interface PerTest {
  /** Everything unexpected that the page says or fails to load; checked when the test ends. */
  watch: Watch;
}

async function running(use: (server: Flagstaff) => Promise<void>, prepare?: (server: Flagstaff) => Promise<void>) {
  const server = await Flagstaff.start();
  try {
    await prepare?.(server);
    await use(server);
  } finally {
    await server.stop();
  }
}

export const test = base.extend<PerTest, PerWorker>({
  flagstaff: [async ({}, use) => running(use), { scope: "worker" }],
  staffed: [
    async ({}, use) =>
      running(use, async (server) => {
        await createUser(server, ADA, ["--role", "owner"]);
        await createUser(server, LIN, ["--role", "editor", "--project", "demo"]);
        await createUser(server, GRACE, ["--role", "viewer", "--project", "demo"]);
      }),
    { scope: "worker" },
  ],
  watch: [
    async ({ page }, use) => {
      const watch = new Watch(page, hasJavaScript());
      await use(watch);
      watch.expectClean();
    },
    { auto: true },
  ],
});

export async function createUser(server: Flagstaff, person: Person, role: string[]): Promise<void> {
  const args = ["user", "create", "--email", person.email, "--name", person.name, ...role, "--password-stdin"];
  await server.ok(args, person.password);
}

/** Signs in by the form, as a person does, and waits until the server has let them in. */
export async function signIn(page: Page, server: Flagstaff, person: Person = ADA): Promise<void> {
  await page.goto(`${server.url}/login`);
  await page.getByLabel(/e-?mail/i).fill(person.email);
  await page.getByLabel(/^password/i).fill(person.password);
  await page.getByRole("button", { name: /sign in/i }).click();
  await expect(page).not.toHaveURL(/\/login/);
}

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;
const sessions = new WeakMap<Flagstaff, Map<string, Cookies>>();

/** Lets a person in by the session they have, for tests that are not about signing in. */
export async function enter(page: Page, server: Flagstaff, person: Person = ADA): Promise<void> {
  const known = sessions.get(server) ?? new Map<string, Cookies>();
  sessions.set(server, known);
  const cookies = known.get(person.email);
  if (cookies) return page.context().addCookies(cookies);
  await signIn(page, server, person);
  known.set(person.email, await page.context().cookies());
}

/** What the browser sends with a form of our own page; a hand-made post says the same. */
export function asSameOrigin(server: Flagstaff): Record<string, string> {
  return { Origin: server.url, "Sec-Fetch-Site": "same-origin" };
}

/** Whether this project runs scripts in its pages. */
export function hasJavaScript(): boolean {
  return test.info().project.use.javaScriptEnabled !== false;
}

/**
 * Waits until the page's islands are alive. A click before that still works, as a plain form post, but tests of what the
 * browser adds must not race it.
 */
export async function islandsReady(page: Page): Promise<void> {
  if (!hasJavaScript()) return;
  // The button that turns shortcuts off stands on every page; it is hidden until the listeners are there.
  await page.locator("[data-shortcuts]:not([hidden])").first().waitFor({ state: "attached" });
}

export { expect };
