/** The web provider in a real browser, on a page of another origin: preflights, readable ETags, its cache in local storage. */

import { expect, test as base } from "../support/providers.ts";
import { become, openShop, type Shop, value } from "../support/shop.ts";
import { Watch } from "../support/watch.ts";

const test = base.extend<object, { shop: Shop }>({
  shop: [
    async ({}, use) => {
      const shop = await openShop();
      await use(shop);
      await shop.close();
    },
    { scope: "worker" },
  ],
});

test("a page of another origin gets its answers, polls with 304 and sees a change", async ({ page, flagstaff, clientKey, shop }) => {
  const watch = new Watch(page);
  const polls: number[] = [];
  page.on("response", (answer) => answer.url().includes("/ofrep/v1/") && polls.push(answer.status()));

  await flagstaff.importFlags({ browser_live: { enabled: true, client_visible: true } });
  await page.goto(shop.page(flagstaff.url, clientKey));
  await expect(page).toHaveTitle("Shop, ready");
  expect(await value(page, "sdk_static", false)).toBe(true);
  expect(await value(page, "sdk_rules", true)).toBe(false);
  // Only a readable ETag lets the provider ask conditionally.
  await expect.poll(() => polls.at(-1)).toBe(304);

  const pro = { targetingKey: "user_1", plan: "pro" };
  await become(page, pro);
  await expect.poll(() => value(page, "sdk_rules", false)).toBe(true);

  await expect.poll(() => value(page, "browser_live", false)).toBe(true);
  await flagstaff.importFlags({ browser_live: { enabled: false, client_visible: true } });
  await expect.poll(() => value(page, "browser_live", true)).toBe(false);
  watch.expectClean();
});
