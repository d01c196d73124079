/** What the providers' tests share: a server with the flags of `flags.json`, and the cases that every provider must answer. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { Flagstaff } from "./flagstaff.ts";

const FOLDER = join(import.meta.dirname, "../providers");

export type Json = boolean | number | string | null | Json[] | { [name: string]: Json };

export interface Case {
  flag: string;
  context: Record<string, Json> & { targetingKey?: string };
  value: Json;
  variant: string;
  reason: string;
  metadata?: Record<string, Json>;
}

export const CASES: Case[] = JSON.parse(readFileSync(join(FOLDER, "cases.json"), "utf8"));

interface Keys {
  flagstaff: Flagstaff;
  serverKey: string;
  clientKey: string;
}

/** A `test` whose server has the flags imported and whose keys are known to it already. */
export const test = base.extend<object, Keys>({
  flagstaff: [
    async ({}, use) => {
      const server = await Flagstaff.start();
      try {
        await server.importFile(join(FOLDER, "flags.json"));
        await use(server);
      } finally {
        await server.stop();
      }
    },
    { scope: "worker" },
  ],
  serverKey: [async ({ flagstaff }, use) => use(await known(flagstaff, "server")), { scope: "worker" }],
  clientKey: [async ({ flagstaff }, use) => use(await known(flagstaff, "client")), { scope: "worker" }],
});

/** Makes a key. It is in force within a second: waits for that. */
export async function known(flagstaff: Flagstaff, kind: "server" | "client", name: string = kind): Promise<string> {
  const key = await flagstaff.createKey(kind, name);
  const ask = () => post(flagstaff, key, "/ofrep/v1/evaluate/flags").then((answer) => answer.status);
  await expect.poll(ask).toBe(200);
  return key;
}

export function post(flagstaff: Flagstaff, key: string, path: string, context: object = {}, headers: object = {}) {
  return fetch(flagstaff.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ context }),
  });
}

/** A plan that is at nothing now and at everything from `seconds` on. */
export function soon(seconds: number): { start: Date; rollout: object } {
  const start = new Date(Date.now() + seconds * 1000);
  return { start, rollout: { start: start.toISOString(), steps: [100], every: "1d" } };
}

export { expect };
