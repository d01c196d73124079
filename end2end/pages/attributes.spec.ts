/** A name that programs send is described, and from then on a slip in a rule is pointed out. */

import { flags, make, notice, open, press } from "../support/flow.ts";
import { ADA, enter, expect, hasJavaScript, test } from "../support/test.ts";

test("describe what was sent, and see a rule that does not fit", async ({ page, staffed: server }) => {
  // Each run has one of its own, on a server that the other uses too.
  const name = hasJavaScript() ? "locale" : "device.os";
  await enter(page, server, ADA);
  await page.goto(`${server.url}/p/demo/settings/attributes`);
  await page.getByRole("link", { name: `Describe it ${name}` }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(name);
  await page.getByLabel("Type").selectOption("number");
  await page.getByLabel("Legal values").fill("one\ntwo");
  await press(page, "Describe it");
  await expect(page.getByText('"one" is not a number; write it like 20.').first()).toBeVisible();
  await expect(page.getByLabel("Legal values")).toHaveValue("one\ntwo");
  await page.getByLabel("Type").selectOption("text");
  await press(page, "Describe it");
  await expect(notice(page)).toContainText(`described the attribute ${name}`);

  const flag = `threes_${hasJavaScript() ? "with" : "without"}_script`;
  await make(page, server, { [flag]: { enabled: true } }, "development");
  await open(page, `${flags(server, flag, "development")}/rules/new`);
  await page.getByLabel("Name").fill("Threes");
  await page.getByLabel("Attribute").fill(name);
  await page.getByLabel("Values", { exact: true }).fill("three");
  await press(page, "Add to draft");
  const slip = `(Threes) compares ${name} with three, which is not among its values: one and two.`;
  await expect(page.getByText(slip)).toBeVisible();
});
