/** A server whose production asks for reviews, and the people who work there. */

import type { Browser, Page } from "@playwright/test";
import { Flagstaff } from "./flagstaff.ts";
import { ADA, createUser, enter, hasJavaScript, LIN, type Person } from "./test.ts";

export const ANN: Person = { name: "Ann Approver", email: "ann@example.com", password: "eleven grey pebbles" };

/** Production of the demo reviews every change. */
const POLICY = JSON.stringify({
  version: 1,
  environments: [
    {
      key: "production",
      name: "Production",
      colour: "magenta",
      protection: "critical",
      policy: { review: { when: "always", quorum: 1, reviewers: "approver" } },
    },
  ],
});

/** A server of its own, whose production asks for reviews, with `flag` on for a few in development and production. */
export async function guarded(flag: string, use: (server: Flagstaff) => Promise<void>) {
  const server = await Flagstaff.start();
  try {
    await createUser(server, ADA, ["--role", "owner"]);
    await createUser(server, LIN, ["--role", "editor", "--project", "demo"]);
    await createUser(server, ANN, ["--role", "approver", "--project", "demo"]);
    await server.importFlags({ [flag]: { enabled: true, percentage: 1 } });
    await server.importFlags({ [flag]: { enabled: true, percentage: 1 } }, "development");
    await server.ok(["import", "--project", "demo", "-"], POLICY);
    await use(server);
  } finally {
    await server.stop();
  }
}

export async function as(browser: Browser, server: Flagstaff, person: Person): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: hasJavaScript() });
  const page = await context.newPage();
  await enter(page, server, person);
  return page;
}
