/** A page of another origin that uses the web provider as it comes from npm: a browser's view of the evaluation endpoint. */

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "@playwright/test";

const MODULES = join(import.meta.dirname, "../node_modules/@openfeature");
const WEB_PROVIDER = join(MODULES, "ofrep-web-provider");

const FILES: Record<string, string> = {
  "@openfeature/core": join(MODULES, "core/dist/esm/index.js"),
  "@openfeature/web-sdk": join(MODULES, "web-sdk/dist/esm/index.js"),
  "@openfeature/ofrep-core": join(WEB_PROVIDER, "node_modules/@openfeature/ofrep-core/index.esm.js"),
  "@openfeature/ofrep-web-provider": join(WEB_PROVIDER, "index.esm.js"),
};

const PAGE = `<!doctype html>
<html lang="en">
<title>Shop</title>
<link rel="icon" href="data:,">
<script type="importmap">
${JSON.stringify({ imports: Object.fromEntries(Object.keys(FILES).map((name) => [name, `/modules/${name}`])) })}
</script>
<script type="module">
  import { OpenFeature } from "@openfeature/web-sdk";
  import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
  const query = new URLSearchParams(location.search);
  const headers = [["Authorization", "Bearer " + query.get("key")]];
  await OpenFeature.setContext({ targetingKey: "user_1", plan: "free" });
  await OpenFeature.setProviderAndWait(new OFREPWebProvider({ baseUrl: query.get("flagstaff"), headers, pollInterval: 150 }));
  globalThis.flags = OpenFeature.getClient();
  globalThis.become = (context) => OpenFeature.setContext(context);
  document.title = "Shop, ready";
</script>
<h1>Shop</h1>
</html>`;

export interface Shop {
  /** The page's address for one Flagstaff and one key. */
  page(flagstaff: string, key: string): string;
  close(): Promise<void>;
}

export async function openShop(): Promise<Shop> {
  const server = createServer(async (request, answer) => {
    const path = (request.url ?? "/").split("?")[0];
    const file = FILES[path.replace("/modules/", "")];
    answer.setHeader("Content-Type", file ? "text/javascript" : "text/html; charset=utf-8");
    answer.end(file ? await readFile(file) : PAGE);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    page: (flagstaff, key) => `${origin}/?${new URLSearchParams({ flagstaff, key })}`,
    close: () => closed(server),
  };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

/** What the page's own scripts see. */
interface ShopWindow {
  flags: { getBooleanValue(flag: string, otherwise: boolean): boolean };
  become(context: Record<string, string>): Promise<void>;
}

/** A flag as the shop's page has it now. */
export function value(page: Page, flag: string, otherwise: boolean): Promise<boolean> {
  const ask = ([key, fallback]: readonly [string, boolean]) =>
    (globalThis as unknown as ShopWindow).flags.getBooleanValue(key, fallback);
  return page.evaluate(ask, [flag, otherwise] as const);
}

/** Another customer, or the same one who bought something. */
export function become(page: Page, context: Record<string, string>): Promise<void> {
  return page.evaluate((to) => (globalThis as unknown as ShopWindow).become(to), context);
}
