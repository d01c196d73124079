/** From a click to the code that asks: what is changed in the browser, the next answer to an SDK has. */

import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OpenFeature } from "@openfeature/server-sdk";
import type { Flagstaff } from "../support/flagstaff.ts";
import { confirm, flags, make, open, press, switchOf } from "../support/flow.ts";
import { known } from "../support/providers.ts";
import { openShop, type Shop, value } from "../support/shop.ts";
import { enter, expect, hasJavaScript, test as base } from "../support/test.ts";

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

const USER = { targetingKey: "user_1" };

test.afterEach(() => OpenFeature.clearProviders());

/** A client of the server provider, as one service has it. */
async function connect(server: Flagstaff, domain: string) {
  const key = await known(server, "server", domain);
  const headers: [string, string][] = [["Authorization", `Bearer ${key}`]];
  await OpenFeature.setProviderAndWait(domain, new OFREPProvider({ baseUrl: server.url, headers }));
  return OpenFeature.getClient(domain);
}

test("the server provider sees a flag turned on, and an archived one gone", async ({ page, staffed, watch }) => {
  if (hasJavaScript()) watch.allow(/^428 POST .*\/fn\/set_enabled$/);
  await enter(page, staffed);
  await make(page, staffed, { live_click: { enabled: false } });
  const client = await connect(staffed, "live");
  const ask = () => client.getBooleanDetails("live_click", true, USER);
  await expect.poll(async () => (await ask()).errorCode).toBeUndefined();
  expect(await ask()).toMatchObject({ value: false });

  await open(page, flags(staffed, "live_click"));
  await switchOf(page, "live_click", "production").click();
  await confirm(page, "Ready");
  await expect(switchOf(page, "live_click", "production")).toHaveAttribute("aria-checked", "true");
  expect((await ask()).value, "the very next answer").toBe(true);

  await press(page, "Archive");
  await confirm(page, "Its code is gone");
  await expect(page.getByRole("button", { name: "Restore" })).toBeVisible();
  expect(await ask()).toMatchObject({ value: true, errorCode: "FLAG_NOT_FOUND" });
});

test("a page of the web provider sees it with its next poll @with-javascript", async ({ page, staffed, shop }) => {
  await enter(page, staffed);
  await make(page, staffed, { live_poll: { enabled: true, client_visible: true } });
  const customer = await page.context().newPage();
  await customer.goto(shop.page(staffed.url, await known(staffed, "client", "shop")));
  await expect(customer).toHaveTitle("Shop, ready");
  await expect.poll(() => value(customer, "live_poll", false)).toBe(true);

  await open(page, flags(staffed, "live_poll", "production"));
  await switchOf(page, "live_poll", "production").click();
  await expect(switchOf(page, "live_poll", "production")).toHaveAttribute("aria-checked", "false");
  await expect.poll(() => value(customer, "live_poll", true)).toBe(false);
});
