/** The first minutes: the printed link, one form, the flag list; and the binary alone has all it needs for that. */

import { expectAxeClean } from "../support/look.ts";
import { ADA, createUser, expect, signIn, test } from "../support/test.ts";
import { Flagstaff } from "../support/flagstaff.ts";

test("the set-up link leads to an owner account and the flag list, once", async ({ page, watch }) => {
  const server = await Flagstaff.start();
  try {
    const link = await server.setupLink();
    await page.goto(link);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAxeClean(page);
    const you = page.getByRole("group", { name: "You", exact: true });
    await you.getByLabel("Name").fill(ADA.name);
    await you.getByLabel(/e-?mail/i).fill(ADA.email);
    await you.getByLabel(/^password/i).fill(ADA.password);
    await page.getByRole("group", { name: "Your first project" }).getByLabel("Name").fill("Web shop");
    await page.getByRole("button", { name: "Set up" }).click();
    await expect(page).toHaveURL(/\/p\/[a-z0-9_-]+\/flags/);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();

    watch.allow(/403 GET .*\/setup/);
    await page.goto(link);
    await expect(page.getByLabel(/^password/i)).toHaveCount(0);
  } finally {
    await server.stop();
  }
});

test("who has an account signs in, and a wrong password keeps what was typed", async ({ page, staffed }) => {
  await page.goto(`${staffed.url}/login`);
  await expectAxeClean(page);
  await page.getByLabel(/e-?mail/i).fill(ADA.email);
  await page.getByLabel(/^password/i).fill("not it");
  await page.getByRole("button", { name: /sign in/i }).click();
  await expect(page.getByText(/do not match an account/).first()).toBeVisible();
  await expect(page.getByLabel(/e-?mail/i)).toHaveValue(ADA.email);

  await signIn(page, staffed);
  await page.goto(`${staffed.url}/p/demo/flags`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAxeClean(page);
});

test("the binary alone in an empty folder serves page, style, script and wasm", async ({ page, request, staffed }) => {
  await page.goto(`${staffed.url}/login`);
  const style = await page.locator('link[rel="stylesheet"]').first().getAttribute("href");
  const script = await page.locator('link[rel="modulepreload"]').getAttribute("href");
  const wasm = await page.locator('link[rel="preload"][as="fetch"]').getAttribute("href");
  const types = { [`${style}`]: /^text\/css/, [`${script}`]: /^text\/javascript/, [`${wasm}`]: /^application\/wasm/ };
  for (const [path, type] of Object.entries(types)) {
    const answer = await request.get(staffed.url + path, { headers: { "Accept-Encoding": "br" } });
    expect(answer.status(), path).toBe(200);
    expect(answer.headers()).toMatchObject({
      "content-type": expect.stringMatching(type),
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    });
  }
});

test("no page without signing in, and none of a project that one is no member of", async ({ page, watch, staffed }) => {
  await page.goto(`${staffed.url}/p/demo/flags`);
  await expect(page).toHaveURL(/\/login/);

  const stranger = { name: "Eve", email: "eve@example.com", password: "none of my business" };
  await createUser(staffed, stranger, ["--role", "member"]);
  await signIn(page, staffed, stranger);
  watch.allow(/404 GET .*\/p\/demo\/flags/);
  const answer = await page.goto(`${staffed.url}/p/demo/flags`);
  expect(answer?.status()).toBe(404);
});
