/** OpenFeature's JavaScript server provider, unmodified, against the running binary. */

import { OFREPProvider } from "@openfeature/ofrep-provider";
import { type Client, ErrorCode, type EvaluationContext, type EvaluationDetails, OpenFeature } from "@openfeature/server-sdk";
import { CASES, type Case, expect, type Json, soon, test } from "../support/providers.ts";

const USER: EvaluationContext = { targetingKey: "user_1" };

let domains = 0;

/** A client under a domain of its own, as two services in one program would have. */
async function connect(baseUrl: string, headers: [string, string][]): Promise<Client> {
  const domain = `server-${domains++}`;
  await OpenFeature.setProviderAndWait(domain, new OFREPProvider({ baseUrl, headers }));
  return OpenFeature.getClient(domain);
}

const bearer = (key: string): [string, string][] => [["Authorization", `Bearer ${key}`]];

function ask(client: Client, { flag, context, value }: Case): Promise<EvaluationDetails<Json>> {
  const where = context as EvaluationContext;
  if (typeof value === "boolean") return client.getBooleanDetails(flag, !value, where);
  if (typeof value === "string") return client.getStringDetails(flag, "default", where);
  if (typeof value === "number") return client.getNumberDetails(flag, -1, where);
  return client.getObjectDetails(flag, {}, where) as Promise<EvaluationDetails<Json>>;
}

test.afterAll(() => OpenFeature.close());

for (const one of CASES) {
  test(`${one.flag} for ${JSON.stringify(one.context)}`, async ({ flagstaff, serverKey }) => {
    const details = await ask(await connect(flagstaff.url, bearer(serverKey)), one);
    const { value, variant, reason, errorCode } = details;
    expect({ value, variant, reason, errorCode }).toEqual({
      value: one.value,
      variant: one.variant,
      reason: one.reason,
      errorCode: undefined,
    });
    expect(details.flagMetadata).toMatchObject(one.metadata ?? {});
  });
}

test("an unknown flag gives the default and says so", async ({ flagstaff, serverKey }) => {
  const details = await (await connect(flagstaff.url, bearer(serverKey))).getBooleanDetails("never_made", true, USER);
  expect(details).toMatchObject({ value: true, errorCode: ErrorCode.FLAG_NOT_FOUND, errorMessage: expect.stringMatching(/./) });
});

test("the wrong type gives the default", async ({ flagstaff, serverKey }) => {
  const details = await (await connect(flagstaff.url, bearer(serverKey))).getStringDetails("sdk_integer", "default", USER);
  expect(details).toMatchObject({ value: "default", errorCode: ErrorCode.TYPE_MISMATCH });
});

test("a wrong key gives the default", async ({ flagstaff }) => {
  for (const headers of [[], bearer("nonsense"), bearer("")]) {
    const details = await (await connect(flagstaff.url, headers)).getBooleanDetails("sdk_static", false, USER);
    expect(details).toMatchObject({ value: false, errorCode: ErrorCode.GENERAL });
  }
});

test("both headers mean the same, and a base URL may end in a slash", async ({ flagstaff, serverKey }) => {
  const byName = await connect(flagstaff.url, [["X-API-Key", serverKey]]);
  expect(await byName.getBooleanValue("sdk_static", false, USER)).toBe(true);
  const slashed = await connect(`${flagstaff.url}/`, bearer(serverKey));
  expect(await slashed.getBooleanValue("sdk_static", false, USER)).toBe(true);
});

test("one attribute changes the answer under the same targeting key", async ({ flagstaff, serverKey }) => {
  const client = await connect(flagstaff.url, bearer(serverKey));
  for (const [plan, expected] of [["free", false], ["pro", true], ["free", false]] as const) {
    expect(await client.getBooleanValue("sdk_rules", !expected, { ...USER, plan })).toBe(expected);
  }
});

test("a plan step's moment passes", async ({ flagstaff, serverKey }) => {
  const client = await connect(flagstaff.url, bearer(serverKey));
  const { start, rollout } = soon(20);
  await flagstaff.importFlags({ server_rollout: { enabled: true, rollout } });
  const ask = () => client.getBooleanDetails("server_rollout", true, USER);
  await expect.poll(async () => (await ask()).errorCode).toBeUndefined();
  expect((await ask()).value).toBe(false);
  await expect.poll(async () => (await ask()).value, { timeout: 60_000 }).toBe(true);
  expect(Date.now()).toBeGreaterThanOrEqual(start.getTime());
});

test("a change made by the command line is seen", async ({ flagstaff, serverKey }) => {
  const client = await connect(flagstaff.url, bearer(serverKey));
  for (const enabled of [true, false, true]) {
    await flagstaff.importFlags({ server_live: { enabled } });
    const ask = () => client.getBooleanValue("server_live", !enabled, USER);
    await expect.poll(ask, { intervals: [50] }).toBe(enabled);
  }
});
