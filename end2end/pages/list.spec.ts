/** The list: found by words and filters, ordered, page by page; the address says it all. */

import type { Page } from "@playwright/test";
import { flags, make, open, press } from "../support/flow.ts";
import { enter, expect, test } from "../support/test.ts";

test.beforeEach(async ({ page, staffed }) => enter(page, staffed));

/** The keys on the page, in their order. */
function keys(page: Page) {
  return page.getByRole("table", { name: "Flags" }).getByRole("rowheader").getByRole("link");
}

test("a word is looked for in keys and descriptions, and the address keeps it", async ({ page, staffed }) => {
  await open(page, flags(staffed));
  await page.getByLabel("Search", { exact: true }).fill("pricing page");
  await press(page, "Search");
  await expect(page).toHaveURL(/[?&]q=pricing(\+|%20)page/);
  await expect(keys(page)).toHaveText(["pricing_experiment"]);
  await page.reload();
  await expect(page.getByLabel("Search", { exact: true })).toHaveValue("pricing page");
  await expect(keys(page)).toHaveText(["pricing_experiment"]);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(keys(page).filter({ hasText: "dark_mode" })).toBeVisible();
});

for (const [query, found] of Object.entries({
  "kind:kill-switch": ["payments_kill_switch"],
  "tag:fraud": ["checkout_limits"],
  'owner:"Design system"': ["address_lookup", "dark_mode"],
  "status:rolling-out tag:q4": ["new_checkout"],
  "status:archived tag:campaign": ["holiday_banner"],
  "env:production is:off tag:search": ["legacy_search"],
  "expires:overdue tag:design": ["dark_mode"],
})) {
  test(`${query} narrows it`, async ({ page, staffed }) => {
    await open(page, `${flags(staffed)}?${new URLSearchParams({ q: query })}`);
    await expect(keys(page)).toHaveText(found);
  });
}

test("what of a search is not understood is said, not swallowed", async ({ page, staffed }) => {
  await open(page, `${flags(staffed)}?${new URLSearchParams({ q: "colour:red tag:fraud" })}`);
  await expect(page.getByText("colour:red", { exact: true })).toBeVisible();
  await expect(keys(page)).toHaveText(["checkout_limits"]);
});

test("a saved view is a link", async ({ page, staffed }) => {
  await open(page, flags(staffed));
  await page.getByRole("navigation", { name: "Saved views" }).getByRole("link", { name: "Archived" }).click();
  await expect(keys(page).filter({ hasText: "holiday_banner" })).toBeVisible();
  await expect(keys(page).filter({ hasText: "dark_mode" })).toHaveCount(0);
});

test("it is ordered by a column, and the other way round", async ({ page, staffed }) => {
  await open(page, `${flags(staffed)}?q=tag:checkout`);
  await expect(keys(page)).toHaveText(["checkout_limits", "new_checkout"]);
  await page.getByRole("columnheader", { name: "Flag" }).getByRole("link").click();
  await expect(page.getByRole("columnheader", { name: "Flag" })).toHaveAttribute("aria-sort", "descending");
  await expect(keys(page)).toHaveText(["new_checkout", "checkout_limits"]);
  await expect(page).toHaveURL(/sort=-key/);
  await page.getByRole("columnheader", { name: "Last seen" }).getByRole("link").click();
  await expect(page.getByRole("columnheader", { name: "Last seen" })).toHaveAttribute("aria-sort", "descending");
});

test("many flags are shown page by page, within a search too", async ({ page, staffed }) => {
  const many = Array.from({ length: 60 }, (_, at) => [`paged_${String(at).padStart(2, "0")}`, { tags: ["paged"] }] as const);
  await make(page, staffed, Object.fromEntries(many));
  await open(page, `${flags(staffed)}?q=tag:paged`);
  await expect(keys(page)).toHaveCount(50);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Next" }).click();
  await expect(keys(page)).toHaveCount(10);
  await expect(keys(page).first()).toHaveText("paged_50");
  await expect(page).toHaveURL(/q=tag/);
  await expect(page.getByText("60 flags match.")).toBeVisible();
});

test("nothing found says what was asked for, and takes it back", async ({ page, staffed }) => {
  await open(page, `${flags(staffed)}?q=nothing_like_this`);
  await expect(page.getByText("No flags match nothing_like_this.")).toBeVisible();
  await expect(page.getByText("No flags yet")).toHaveCount(0);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/flags\??$/);
  await expect(keys(page).first()).toBeVisible();
});
