/** How a page looks to those who do not see it as we do, and to those who do. */

import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

export const THEMES = ["light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What another theme can break: the rest of a page is the same in both. */
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];

/**
 * Expects no violation of WCAG 2.2 AA in light and in dark. The page must follow the system's theme.
 *
 * Where scripts are off this looks at nothing: axe waits by timers, which do not run there. The server sends the same page.
 */
export async function expectAxeClean(page: Page): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) return;
  for (const theme of THEMES) {
    // Colours that are still on their way from the other theme are nobody's.
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    // No page of ours has frames, so axe may sum up in the page itself, and needs no other one for that.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const { violations } = await (theme === "light" ? axe.withTags(RULES) : axe.withRules(RULES_OF_COLOUR)).analyze();
    const told = violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`));
    expect(told, `${page.url()} in ${theme}`).toEqual([]);
  }
}

/** Keeps a picture of the page among the test's results, in `theme` and `width` CSS pixels wide. */
export async function screenshot(page: Page, name: string, theme: Theme = "light", width = 1280): Promise<string> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height: width < 600 ? 844 : 800 });
  const path = join(import.meta.dirname, "../test-results/screenshots", `${name}-${theme}-${width}.png`);
  await page.screenshot({ path, fullPage: true });
  await test.info().attach(`${name} ${theme} ${width}`, { path, contentType: "image/png" });
  return path;
}

/** Expects that nothing but focusable regions scrolls sideways, down to `width` CSS pixels. */
export async function expectNoSidewaysScroll(page: Page, width = 320): Promise<void> {
  await page.setViewportSize({ width, height: 640 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, `${page.url()} is ${wide} px wider than ${width} px`).toBeLessThanOrEqual(0);
}
