/** Time and cleanup: an expiry that acts without any task, reminders, and the board of what is to be tidied up. */

import { confirm, flags, make, notice, open, press } from "../support/flow.ts";
import { Flagstaff } from "../support/flagstaff.ts";
import { expectAxeClean, expectNoSidewaysScroll, screenshot } from "../support/look.ts";
import { ADA, createUser, enter, expect, test } from "../support/test.ts";

const board = (server: Flagstaff) => `${server.url}/p/demo/cleanup`;

test("an expiry serves its variant at its moment with background work switched off", async ({ page }) => {
  const server = await Flagstaff.start(["--demo", "--answers-only"]);
  try {
    await createUser(server, ADA, ["--role", "owner"]);
    await enter(page, server);
    const expires = new Date(Date.now() + 25_000);
    await make(page, server, { short_lived: { enabled: true, expires: expires.toISOString(), on_expiry: "serve_off" } });
    const key = await server.createKey("server", "expiry");
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    const ask = async () => {
      const body = JSON.stringify({ context: { targetingKey: "user_1" } });
      const sent = Date.now();
      const answer = await fetch(`${server.url}/ofrep/v1/evaluate/flags/short_lived`, { method: "POST", headers, body });
      return { sent, got: Date.now(), ...(await answer.json()) };
    };
    await expect.poll(async () => (await ask()).variant).toBe("on");
    // Not before its moment, and from then on.
    for (let answer = await ask(); answer.sent < expires.getTime() + 500; answer = await ask()) {
      if (answer.got < expires.getTime()) expect(answer.value).toBe(true);
      if (answer.sent >= expires.getTime()) expect(answer.value).toBe(false);
      await new Promise((done) => setTimeout(done, 100));
    }
    expect(await ask()).toMatchObject({ value: false, variant: "off" });
    await open(page, flags(server, "short_lived"));
    await expect(page.getByText("Expired: everyone gets off").first()).toBeVisible();
    await page.goto(`${server.url}/inbox`);
    await expect(page.getByText("Nothing concerns you"), "no task told anybody").toBeVisible();
  } finally {
    await server.stop();
  }
});

test("a flag is extended with a reason", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { overdue_thing: { enabled: true, expires: "2026-01-01", on_expiry: "serve_off" } });
  await open(page, flags(staffed, "overdue_thing"));
  await expect(page.getByText("Its last day was 1 Jan 2026.")).toBeVisible();
  await page.getByLabel("Last day").fill("2099-06-01");
  await press(page, "Extend");
  await expect(page.getByText("Say why it is still needed").first()).toBeVisible();
  await expect(page.getByLabel("Last day")).toHaveValue("2099-06-01");
  await page.getByLabel("Why it is still needed").fill("The provider is late");
  await press(page, "Extend");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Extend overdue_thing to 1 Jun 2099");
  await expect(page.getByLabel("Reason")).toHaveValue("The provider is late");
  await confirm(page, "The provider is late");
  await expect(notice(page)).toContainText("You changed the expiry of overdue_thing.");
  await open(page, `${flags(staffed, "overdue_thing", "history")}`);
  await expect(page.getByText("The provider is late")).toBeVisible();
});

test("the board says what to do with the demo's flags, and why", async ({ page, staffed }) => {
  await enter(page, staffed);
  await open(page, flags(staffed));
  await page.getByRole("navigation").getByRole("link", { name: /^Cleanup/ }).first().click();
  await expect(page).toHaveURL(board(staffed));
  await expect(page.getByRole("heading", { name: /Expired/ })).toBeVisible();
  await expect(page.getByRole("link", { name: "dark_mode", exact: true })).toBeVisible();
  await expect(page.getByText(/^Expired 6 days ago\.$/)).toBeVisible();
  await page.getByText("Removal brief", { exact: true }).first().click();
  await expect(page.getByText(/Remove the flag \w+ from the code/).first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Debt over time" })).toBeVisible();
  await page.getByRole("link", { name: "Mine" }).click();
  // Nobody of the demo's owners is who looks: of their flags none is mine.
  await expect(page.getByRole("link", { name: "dark_mode", exact: true })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Mine" })).toHaveAttribute("aria-current", "page");
});

test("the board is for everybody's eyes", async ({ page, staffed }) => {
  await enter(page, staffed);
  await open(page, board(staffed));
  await expectAxeClean(page);
  await screenshot(page, "cleanup", "light");
  await screenshot(page, "cleanup", "dark");
  await screenshot(page, "cleanup", "light", 390);
  await expectNoSidewaysScroll(page);
  await open(page, flags(staffed, "dark_mode"));
  await expectAxeClean(page);
  await screenshot(page, "flag-lifetime", "light");
  await screenshot(page, "flag-lifetime", "dark", 390);
  await expectNoSidewaysScroll(page);
});

test("code that names a flag is found, shown and warned of", async ({ page, staffed }) => {
  await enter(page, staffed);
  await make(page, staffed, { named_in_code: { enabled: true, expires: "2099-01-01" } });
  const { mkdirSync, writeFileSync } = await import("node:fs");
  const { join } = await import("node:path");
  const tree = join(staffed.data, "tree");
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(tree, "cart.ts"), "\nif (client.getBooleanValue('named_in_code', false)) {\n");
  const key = await staffed.createKey("server", "refs");
  const child = await import("node:child_process");
  const binary = process.env.BINARY ?? join(import.meta.dirname, "../../target/release/flagstaff");
  const env = { PATH: process.env.PATH, FLAGSTAFF_API_KEY: key };
  const scan = () => {
    const ran = child.spawnSync(binary, ["refs", "scan", "--server", staffed.url, "--repository", "shop/web", tree], { env, encoding: "utf8" });
    return ran.stdout + ran.stderr;
  };
  // A key that the command line made is known to the running server within a second.
  await expect.poll(scan).toContain("1 file searched; 1 place names 1 of");
  await open(page, flags(staffed, "named_in_code"));
  await expect(page.getByText("cart.ts:2")).toBeVisible();
  await press(page, "Archive");
  await expect(page.getByText(/Code still names it in one place: shop\/web: cart\.ts:2/)).toBeVisible();
});
