/** The main job: from an empty installation to a flag that is on for a quarter of the users, and who did that. */

import { Flagstaff } from "../support/flagstaff.ts";
import { changes, choose, confirm, diff, notice, press, problems, save, unfold } from "../support/flow.ts";
import { ADA, expect, signIn, test } from "../support/test.ts";

test("set up, sign in, create a flag, 25 % in production, and the audit says so", async ({ page }) => {
  const server = await Flagstaff.start([]);
  try {
    await test.step("set up", async () => {
      await page.goto(await server.setupLink());
      const you = page.getByRole("group", { name: "You", exact: true });
      await you.getByLabel("Name").fill(ADA.name);
      await you.getByLabel("E-mail address").fill(ADA.email);
      await you.getByLabel("Password").fill(ADA.password);
      await page.getByRole("group", { name: "Your first project" }).getByLabel("Name").fill("Web shop");
      await page.getByLabel("Demo data to explore").uncheck();
      await press(page, "Set up");
      await expect(page.getByRole("heading", { name: "No flags yet" })).toBeVisible();
    });

    await test.step("sign in", async () => {
      await page.context().clearCookies();
      await signIn(page, server);
      await expect(page).toHaveURL(`${server.url}/p/main/flags`);
    });

    await test.step("create a flag", async () => {
      await page.getByRole("link", { name: "New flag" }).first().click();
      await page.getByLabel("Key", { exact: true }).fill("new_checkout");
      await page.getByLabel("Description").fill("One page from basket to receipt.");
      await press(page, "Create flag");
      await expect(notice(page)).toContainText("You created the flag new_checkout.");
      await expect(page.getByRole("heading", { level: 1, name: "new_checkout" })).toBeVisible();
    });

    await test.step("25 % in production", async () => {
      await page.getByRole("navigation", { name: "This flag" }).getByRole("link", { name: "production" }).click();
      await unfold(page, "Change what they get");
      await choose(page, "A percentage");
      await page.getByLabel("Share").fill("25");
      await page.getByLabel("of them get").selectOption("on");
      await page.locator("#everyone-else").getByRole("button", { name: "Add to draft" }).click();
      await save(page);
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Save your changes of new_checkout in production");
    });

    await test.step("a wrong name of the environment changes nothing", async () => {
      await confirm(page, "Two weeks without an error", "staging");
      await expect(problems(page)).toContainText("production");
      await expect(page.getByLabel("Reason")).toHaveValue("Two weeks without an error");
    });

    await test.step("with the right one it is done", async () => {
      await confirm(page, "Two weeks without an error");
      await expect(notice(page)).toContainText("You");
      await expect(page.getByText("25 % on, rest off")).toBeVisible();
    });

    await test.step("the audit has it, field by field", async () => {
      await page.getByRole("link", { name: "Audit log" }).click();
      const row = changes(page).first();
      await expect(row).toContainText("Ada Lovelace");
      await expect(row).toContainText("new_checkout in production");
      await expect(row).toContainText("25 %");
      await expect(row.locator("q")).toHaveText("Two weeks without an error");
      const fields = await diff(row);
      await expect(fields).toContainText("25 %");
      await expect(fields).toContainText("was serve on");
      await expect(changes(page)).toContainText(["25 %", "created the flag new_checkout", "created the project main"]);
    });
  } finally {
    await server.stop();
  }
});
