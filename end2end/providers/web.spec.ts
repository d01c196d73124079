/** OpenFeature's web provider, unmodified, with a client key: it polls all flags at once and lives by ETag and 304. */

import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { type Client, ErrorCode, type EvaluationContext, type EvaluationDetails, OpenFeature } from "@openfeature/web-sdk";
import { CASES, type Case, expect, type Json, soon, test } from "../support/providers.ts";

const POLL = 150;

/** One request that the provider made, as it went over the wire. */
interface Exchange {
  status: number;
  sentTag: string | null;
  etag: string | null;
}

interface Connected {
  client: Client;
  domain: string;
  exchanges: Exchange[];
}

let domains = 0;

async function connect(baseUrl: string, key: string, context: EvaluationContext): Promise<Connected> {
  const domain = `web-${domains++}`;
  const exchanges: Exchange[] = [];
  const fetchImplementation: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const answer = await fetch(request);
    exchanges.push({ status: answer.status, sentTag: request.headers.get("If-None-Match"), etag: answer.headers.get("ETag") });
    return answer;
  };
  await OpenFeature.setContext(domain, context);
  const options = { baseUrl, headers: [["Authorization", `Bearer ${key}`]] as [string, string][], pollInterval: POLL };
  const provider = new OFREPWebProvider({ ...options, fetchImplementation, cacheMode: "disabled", changeDetection: "polling" });
  await OpenFeature.setProviderAndWait(domain, provider);
  return { client: OpenFeature.getClient(domain), domain, exchanges };
}

function ask(client: Client, { flag, value }: Case): EvaluationDetails<Json> {
  if (typeof value === "boolean") return client.getBooleanDetails(flag, !value);
  if (typeof value === "string") return client.getStringDetails(flag, "default");
  if (typeof value === "number") return client.getNumberDetails(flag, -1);
  return client.getObjectDetails(flag, {}) as EvaluationDetails<Json>;
}

const statuses = (exchanges: Exchange[]) => exchanges.map((exchange) => exchange.status);

test.afterEach(() => OpenFeature.clearProviders());

for (const one of CASES) {
  test(`${one.flag} for ${JSON.stringify(one.context)}`, async ({ flagstaff, clientKey }) => {
    const { client } = await connect(flagstaff.url, clientKey, one.context as EvaluationContext);
    const { value, variant, reason, errorCode } = ask(client, one);
    expect({ value, variant, reason, errorCode }).toEqual({
      value: one.value,
      variant: one.variant,
      reason: one.reason,
      errorCode: undefined,
    });
  });
}

test("a flag that is unknown or not for clients is not found", async ({ flagstaff, clientKey }) => {
  const { client } = await connect(flagstaff.url, clientKey, { targetingKey: "user_1" });
  for (const flag of ["never_made", "sdk_server_only"]) {
    expect(client.getBooleanDetails(flag, true)).toMatchObject({ value: true, errorCode: ErrorCode.FLAG_NOT_FOUND });
  }
});

test("a wrong key ends it at once", async ({ flagstaff }) => {
  await expect(connect(flagstaff.url, "nonsense", { targetingKey: "user_1" })).rejects.toThrow(/Initialization failed/);
});

test("an unchanged poll is answered 304 with the same tag", async ({ flagstaff, clientKey }) => {
  const { exchanges } = await connect(flagstaff.url, clientKey, { targetingKey: "user_1" });
  await expect.poll(() => exchanges.length).toBeGreaterThan(3);
  expect(exchanges[0]).toMatchObject({ status: 200, sentTag: null, etag: expect.stringMatching(/^"[^"]+"$/) });
  for (const exchange of exchanges.slice(1)) {
    expect(exchange).toEqual({ status: 304, sentTag: exchanges[0].etag, etag: exchanges[0].etag });
  }
});

test("one attribute under the same targeting key brings a fresh answer", async ({ flagstaff, clientKey }) => {
  const { client, domain, exchanges } = await connect(flagstaff.url, clientKey, { targetingKey: "user_1", plan: "free" });
  expect(client.getBooleanValue("sdk_rules", true)).toBe(false);
  const before = exchanges[0].etag;
  await OpenFeature.setContext(domain, { targetingKey: "user_1", plan: "pro" });
  expect(client.getBooleanValue("sdk_rules", false)).toBe(true);
  // The provider sent the old tag with the new context: that must not be taken for the same question.
  const fresh = exchanges.find((exchange) => exchange.status === 200 && exchange.sentTag === before);
  expect(fresh, JSON.stringify(exchanges)).toBeTruthy();
  expect(fresh?.etag).not.toBe(before);
});

test("a plan step's moment ends the 304s by itself", async ({ flagstaff, clientKey }) => {
  const { start, rollout } = soon(20);
  await flagstaff.importFlags({ web_rollout: { enabled: true, client_visible: true, rollout } });
  const { client, exchanges } = await connect(flagstaff.url, clientKey, { targetingKey: "user_1" });
  const details = () => client.getBooleanDetails("web_rollout", true);
  await expect.poll(() => details().errorCode).toBeUndefined();
  expect(details().value).toBe(false);
  await expect.poll(() => exchanges.at(-1)?.status).toBe(304);
  await expect.poll(() => details().value, { timeout: 60_000 }).toBe(true);
  expect(Date.now()).toBeGreaterThanOrEqual(start.getTime());
  await expect.poll(() => exchanges.at(-1)?.status).toBe(304);
});

test("a change made by the command line is in the next poll", async ({ flagstaff, clientKey }) => {
  await flagstaff.importFlags({ web_live: { enabled: false, client_visible: true } });
  const { client, exchanges } = await connect(flagstaff.url, clientKey, { targetingKey: "user_1" });
  for (const enabled of [true, false, true]) {
    await flagstaff.importFlags({ web_live: { enabled, client_visible: true } });
    const value = () => client.getBooleanValue("web_live", !enabled);
    await expect.poll(value, { intervals: [50] }).toBe(enabled);
  }
  expect(statuses(exchanges).every((status) => status === 200 || status === 304)).toBe(true);
});
