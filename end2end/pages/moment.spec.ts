/** Moments, typed in the zone that one lives in. The browser of these tests stands in Berlin. */

import { flags, open, press, problems } from "../support/flow.ts";
import { expectAxeClean } from "../support/look.ts";
import { enter, expect, test } from "../support/test.ts";

test.beforeEach(async ({ page, staffed }) => enter(page, staffed));

test("the playground takes a moment in a zone, and asks about an hour that comes twice", async ({ page, staffed }) => {
  await open(page, `${staffed.url}/p/demo/playground?flag=new_checkout`);
  const at = page.getByLabel("At", { exact: true });
  await at.fill("2030-07-01 09:00 Europe/Berlin");
  await press(page, "Try");
  await expect(page.getByText("at 1 Jul 2030 07:00:00 UTC")).toBeVisible();
  await expect(page).toHaveURL(/at=2030-07-01/);
  await at.fill("2026-10-25 02:30 Europe/Berlin");
  await press(page, "Try");
  await expect(problems(page)).toContainText("comes twice in Europe/Berlin");
  await expect(problems(page)).toContainText("Write 2026-10-25T02:30:00+02:00 for the first time");
  await expect(at).toHaveValue("2026-10-25 02:30 Europe/Berlin");
});

test("a script writes the moment in the viewer's own zone @with-javascript", async ({ page, staffed }) => {
  await open(page, `${flags(staffed, "new_checkout", "development")}?at=2026-11-20T08:00:00Z`);
  const at = page.getByRole("textbox", { name: "Moment" });
  await expect(at).toHaveValue("2026-11-20T08:00:00Z");
  await press(page, "In Europe/Berlin");
  await expect(at).toHaveValue("2026-11-20 09:00 Europe/Berlin");
  await at.fill("2026-07-20 09:00");
  await press(page, "In Europe/Berlin");
  await expect(at, "what was typed without a zone was meant here").toHaveValue("2026-07-20 09:00 Europe/Berlin");
  await at.fill("");
  await press(page, "In Europe/Berlin");
  await expect(at).toHaveValue(/^\d{4}-\d\d-\d\d \d\d:\d\d Europe\/Berlin$/);
  await expectAxeClean(page);
});

test("values of private attributes stay out of the address", async ({ page, staffed }) => {
  await page.goto(`${staffed.url}/p/demo/settings/attributes/new`);
  await page.getByLabel("Name").fill("secret_mail");
  await page.getByLabel("Type").selectOption("text");
  await page.getByLabel("Private").check();
  await press(page, "Describe it");
  await open(page, `${staffed.url}/p/demo/playground?flag=new_checkout&env=development`);
  await page.getByLabel("Attribute", { exact: true }).fill("plan");
  await page.getByLabel("Values", { exact: true }).fill("pro");
  await page.getByLabel("Attribute 2").fill("secret_mail");
  await page.getByLabel("Values 2").fill("ada@vip.example");
  await press(page, "Try");
  await expect(page.getByRole("heading", { name: "Answers" })).toBeVisible();
  await expect(page).toHaveURL(/playground\?flag=new_checkout&env=development&a0=plan&v0=pro$/);
  await expect(page.getByLabel("Values 2")).toHaveValue("ada@vip.example");
  // A colleague gets the same question without it; so does whoever goes there by the address.
  await page.goto(page.url());
  await expect(page.getByLabel("Values", { exact: true })).toHaveValue("pro");
  await expect(page.getByText("ada@vip.example")).toHaveCount(0);
});
