/** What people do on the pages, as verbs: so that a test reads as what it is about. */

import { expect, type Locator, type Page } from "@playwright/test";
import type { Flagstaff, ShortFlag } from "./flagstaff.ts";
import { islandsReady } from "./test.ts";

export type Environment = "development" | "staging" | "production";

/** The address of the demo project's flags, of one flag, or of its page for an environment. */
export function flags(server: Flagstaff, flag?: string, part?: Environment | "edit" | "history" | "compare"): string {
  return [server.url, "p", "demo", "flags", flag, part].filter((step) => step !== undefined).join("/");
}

export function audit(server: Flagstaff, query: Record<string, string> = {}): string {
  const asked = new URLSearchParams(query).toString();
  return `${server.url}/p/demo/audit${asked && `?${asked}`}`;
}

/** Makes flags by command; they are on the pages when it is done. Who is on `page` has entered. */
export async function make(page: Page, server: Flagstaff, made: Record<string, ShortFlag>, where: Environment = "production") {
  await server.importFlags(made, where);
  const last = Object.keys(made).at(-1);
  // Led to the page for signing in, one would not wait at all.
  const answer = async () => (await page.request.get(flags(server, last), { maxRedirects: 0 })).status();
  await expect.poll(answer, { intervals: [50] }).toBe(200);
}

/** A switch, by its flag and environment. */
export function switchOf(page: Page, flag: string, environment: Environment): Locator {
  return page.getByRole("switch", { name: `${flag} in ${environment}`, exact: true });
}

/** Presses a button that leads to an answer of the server. */
export async function press(page: Page | Locator, name: string | RegExp): Promise<void> {
  await page.getByRole("button", { name, exact: typeof name === "string" }).click();
}

/** Chooses one of a form's ways, which are shown as cards: the label is what one hits. */
export async function choose(within: Page | Locator, way: string): Promise<void> {
  await within.getByText(way, { exact: true }).click();
  await expect(within.getByRole("radio", { name: way })).toBeChecked();
}

/** A field of the rows of variants, numbered from 1; the first row's labels stand over all of them. */
export function ofVariant(page: Page, what: "Name" | "Value", number: number): Locator {
  const label = number === 1 ? what : `${what} of variant ${number}`;
  return page.getByRole("group", { name: "Variants" }).getByLabel(label, { exact: true });
}

/** Fills in the confirm page; `typed` is what stands in the field for the environment's name. */
export async function confirm(page: Page, reason: string, typed = "production"): Promise<void> {
  await page.getByLabel("Reason").fill(reason);
  await page.getByLabel("Environment").fill(typed);
  await press(page, "Apply change");
}

/** What is not saved yet, at the foot of a flag's page for an environment. */
export function draft(page: Page): Locator {
  return page.getByRole("region", { name: "Unsaved changes" });
}

/** Saves the draft; where the environment asks for it this leads to the confirm page. */
export async function save(page: Page): Promise<void> {
  await press(draft(page), /^(Save|Review and save)$/);
}

/** Throws the draft away, which is asked once more. */
export async function discard(page: Page): Promise<void> {
  await draft(page).locator("summary", { hasText: "Discard…" }).click();
  await press(draft(page), /^Discard \d+ changes?$/);
}

/** The page's one status region, where it says what was just done. */
export function notice(page: Page): Locator {
  return page.getByRole("status");
}

/** The list of problems above a form that was refused. */
export function problems(page: Page): Locator {
  return page.getByRole("alert");
}

/** Opens the folded part of a row or a page that is called so. */
export async function unfold(within: Page | Locator, title: string | RegExp): Promise<void> {
  const summary = within.locator("summary", { hasText: title }).first();
  const open = await summary.evaluate((node) => (node.parentElement as HTMLDetailsElement).open);
  if (!open) await summary.click();
}

/** Goes to a page and waits until what the browser adds to it is there. */
export async function open(page: Page, address: string): Promise<void> {
  const answer = await page.goto(address);
  expect(answer?.status(), address).toBe(200);
  await islandsReady(page);
}

/** What a row of a history changed, field by field. */
export async function diff(row: Locator): Promise<Locator> {
  await row.locator("summary").click();
  return row.getByRole("list", { name: /^Change \d+/ });
}

/** The rows of a history, newest first. */
export function changes(page: Page): Locator {
  return page.getByRole("list", { name: /^Changes/ }).locator("> li");
}
