/** From an empty project to the first answer: the checklist goes along, with scripts by itself, without by a link. */

import type { Page } from "@playwright/test";
import { Flagstaff } from "../support/flagstaff.ts";
import { open, press } from "../support/flow.ts";
import { expectAxeClean } from "../support/look.ts";
import { post } from "../support/providers.ts";
import { ADA, expect, hasJavaScript, islandsReady, test } from "../support/test.ts";

async function setUp(page: Page, server: Flagstaff): Promise<void> {
  await page.goto(await server.setupLink());
  const you = page.getByRole("group", { name: "You", exact: true });
  await you.getByLabel("Name").fill(ADA.name);
  await you.getByLabel("E-mail address").fill(ADA.email);
  await you.getByLabel("Password").fill(ADA.password);
  await page.getByRole("group", { name: "Your first project" }).getByLabel("Name").fill("Web shop");
  await page.getByLabel("Demo data to explore").uncheck();
  await press(page, "Set up");
}

test("a flag, a key, the code, and it says who is connected", async ({ page }) => {
  const server = await Flagstaff.start([]);
  try {
    await setUp(page, server);
    const list = page.getByRole("region", { name: "From here to the first answer" });
    const flags = `${server.url}/p/main/flags`;

    await test.step("a flag", async () => {
      await expectAxeClean(page);
      await list.getByRole("link", { name: "Create a flag" }).click();
      await page.getByLabel("Key", { exact: true }).fill("new_checkout");
      await page.getByLabel("Description").fill("One page from basket to receipt.");
      await press(page, "Create flag");
      await expect(page.getByRole("heading", { level: 1, name: "new_checkout" })).toBeVisible();
    });

    const key = await test.step("a key, shown once", async () => {
      await open(page, flags);
      await list.getByRole("link", { name: "Make an API key" }).click();
      await page.getByLabel("Environment").selectOption("development");
      await page.getByLabel("Name").fill("Checkout service");
      await press(page, "Make key");
      await expect(page.getByRole("heading", { level: 1, name: "Copy the key now" })).toBeVisible();
      await expectAxeClean(page);
      const secret = await page.getByRole("region", { name: "API key", exact: true }).textContent();
      await page.getByRole("link", { name: "I have copied it" }).click();
      await expect(page.getByRole("row", { name: /Checkout service/ })).toContainText("Active");
      expect(await page.content()).not.toContain(secret);
      return secret ?? "";
    });

    await test.step("waiting", async () => {
      await open(page, flags);
      await expect(list).toContainText("Waiting for the first evaluation…");
      await expect(list.getByRole("region", { name: "curl" })).toContainText("/ofrep/v1/evaluate/flags/new_checkout");
      await expectAxeClean(page);
    });

    await test.step("connected, without a click where scripts run", async () => {
      await islandsReady(page);
      if (hasJavaScript()) await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
      const answer = await post(server, key, "/ofrep/v1/evaluate/flags/new_checkout", {}, { "User-Agent": "curl/8.5.0" });
      expect(answer.status).toBe(200);
      if (!hasJavaScript()) await list.getByRole("link", { name: "Check again" }).click();
      await expect(list).toContainText(/Connected: curl, (now|\d+ s ago)/);
      if (hasJavaScript()) expect(await page.evaluate(() => "sameDocument" in globalThis)).toBe(true);
      await expect(list.getByRole("link", { name: "Check again" })).toBeHidden();
      await expectAxeClean(page);
    });

    await test.step("waved away for good", async () => {
      await press(list, "Dismiss");
      await expect(list).toHaveCount(0);
      await open(page, flags);
      await expect(list).toHaveCount(0);
    });
  } finally {
    await server.stop();
  }
});
