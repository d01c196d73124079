/** A person with a keyboard and nothing else: whatever is reached here has the focus first, by Tab from where it was. */

import { expect, type Locator, type Page } from "@playwright/test";

/** More stops than any page has; whoever goes past them all does not find what is looked for. */
const STOPS = 400;

/** Goes on by Tab until `wanted` has the focus; `back` the other way round. */
export async function reach(page: Page, wanted: Locator, back = false): Promise<void> {
  const node = await wanted.first().elementHandle();
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await node?.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
  }
  throw new Error(`Tab does not reach ${wanted}`);
}

/** Presses what leads somewhere, or opens. */
export async function enterOn(page: Page, wanted: Locator): Promise<void> {
  await reach(page, wanted);
  await page.keyboard.press("Enter");
}

/** Writes over what stands in a field. */
export async function write(page: Page, field: Locator, text: string): Promise<void> {
  await reach(page, field);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.type(text);
}

/** Ticks a box, or takes the tick away. */
export async function tick(page: Page, box: Locator): Promise<void> {
  await reach(page, box);
  await page.keyboard.press("Space");
}

/** Chooses of a menu by typing how the entry begins. */
export async function pick(page: Page, menu: Locator, begins: string): Promise<void> {
  await reach(page, menu);
  await page.keyboard.type(begins);
  await expect(menu.locator("option:checked")).toHaveText(new RegExp(`^${begins}`));
}

/** Chooses one of several radio buttons by the arrows: Tab stops at the one that is chosen. */
export async function arrowTo(page: Page, group: Locator, wanted: Locator): Promise<void> {
  await reach(page, group.locator("input:checked"));
  for (let step = 0; step < 5 && !(await wanted.isChecked()); step += 1) await page.keyboard.press("ArrowDown");
  await expect(wanted).toBeChecked();
}
