/** Changes that are made later: a plain draft and an approved one, on the flag's page, on the schedule, in a calendar. */

import type { Page } from "@playwright/test";
import type { Flagstaff } from "../support/flagstaff.ts";
import { draft, flags, notice, open, press, problems, unfold } from "../support/flow.ts";
import { expectAxeClean, expectNoSidewaysScroll, screenshot } from "../support/look.ts";
import { ANN, as, guarded } from "../support/reviewed.ts";
import { enter, expect, LIN, test } from "../support/test.ts";

// Several people, each in a browser of their own, take their time.
test.describe.configure({ timeout: 300_000 });
test.use({ actionTimeout: 10_000 });

/** Drafts a share for everyone else, and goes to where the draft gets its moment. */
async function prepare(page: Page, server: Flagstaff, environment: "development" | "production", percent: string) {
  await open(page, flags(server, "planned", environment));
  await unfold(page, "Change what they get");
  const form = page.locator("form", { has: page.getByRole("radiogroup", { name: "Serve everyone else" }) });
  await form.getByLabel("Share", { exact: true }).fill(percent);
  await form.getByRole("button", { name: "Add to draft" }).click();
  await draft(page).getByRole("link", { name: "Schedule…" }).click();
  await expect(page.getByRole("heading", { name: "Schedule: Change planned" })).toBeVisible();
}

/** Asks for a user whom a small share does not reach, as a service would; nothing while the key is not known yet. */
function asking(server: Flagstaff, flag: string, key: string): () => Promise<boolean | undefined> {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ context: { targetingKey: "user_1" } });
  return async () => {
    const answer = await fetch(`${server.url}/ofrep/v1/evaluate/flags/${flag}`, { method: "POST", headers, body });
    return answer.ok ? (await answer.json()).value : undefined;
  };
}

/** A day that is to come, whenever this runs. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

test("a plain draft and an approved change wait for their moments, and the schedule shows all", async ({ browser }) => {
  await guarded("planned", async (server) => {
    const lin = await as(browser, server, LIN);
    await prepare(lin, server, "development", "50");
    await lin.getByLabel("At", { exact: true }).fill("tomorrow");
    await lin.getByLabel("Title").fill("Half of development");
    await lin.getByLabel("Why").fill("To try it.");
    await press(lin, "Schedule");
    await expect(problems(lin)).toContainText("is no moment");
    await expect(lin.getByLabel("Title")).toHaveValue("Half of development");
    await expectAxeClean(lin);

    // An hour that comes twice is asked for.
    await lin.getByLabel("At", { exact: true }).fill("2036-10-26 02:30 Europe/Oslo");
    await press(lin, "Schedule");
    await expect(problems(lin)).toContainText("comes twice in Europe/Oslo");
    await lin.getByText("02:30 CET (UTC+01:00)").click();
    await expectAxeClean(lin);
    await expectNoSidewaysScroll(lin, 390);
    await press(lin, "Schedule");
    await expect(notice(lin)).toContainText("It is scheduled.");
    await expect(lin.getByText("in Europe/Oslo, the second time (26 Oct 2036 01:30 UTC)").first()).toBeVisible();
    await expectAxeClean(lin);

    // Rescheduled to a moment that is nearer.
    await unfold(lin, "Schedule it for another moment");
    await lin.getByLabel("At", { exact: true }).fill(`${inDays(3)} 09:00 Europe/Oslo`);
    await press(lin, "Reschedule");
    await expect(notice(lin)).toContainText("It is scheduled.");
    await open(lin, flags(server, "planned", "development"));
    await expect(lin.getByText(/^Scheduled for .* in Europe\/Oslo/)).toBeVisible();
    await expectAxeClean(lin);

    await prepare(lin, server, "production", "100");
    await lin.getByLabel("At", { exact: true }).fill(`${inDays(4)} 09:00`);
    await lin.getByLabel("Title").fill("Open the gates");
    await lin.getByLabel("Why").fill("It went well.");
    await press(lin, "Request review and schedule");
    await expect(notice(lin)).toContainText("It is scheduled.");
    const request = lin.url().split("?")[0];

    const ann = await as(browser, server, ANN);
    await open(ann, request);
    await press(ann, "Approve");
    await expect(notice(ann)).toContainText("You approved it.");

    await open(lin, `${server.url}/p/demo/schedule`);
    const timeline = lin.getByRole("region", { name: "What will happen, in its order" });
    await expect(timeline.getByRole("link", { name: "Half of development" })).toBeVisible();
    await expect(timeline.getByRole("link", { name: "Open the gates" })).toBeVisible();
    await expect(timeline.getByText("new_checkout: 25 % get on (step 3 of 5)")).toBeVisible();
    await expect(timeline.getByText("payments_kill_switch is due for a review")).toBeVisible();
    await expectAxeClean(lin);
    await screenshot(lin, "schedule", "light");
    await screenshot(lin, "schedule", "dark");
    await screenshot(lin, "schedule", "light", 390);
    await expectNoSidewaysScroll(lin, 390);
    await lin.getByLabel("Environment", { exact: true }).first().selectOption("development");
    await press(lin, "Show");
    await expect(lin).toHaveURL(/env=development/);
    await expect(timeline.getByRole("link", { name: "Open the gates" })).toHaveCount(0);

    await lin.getByRole("textbox", { name: "Moment" }).fill(`${inDays(5)} 09:00`);
    await press(lin, "Open the playground");
    await expect(lin).toHaveURL(/\/playground\?env=development&at=/);

    // What was approved comes at its moment, with nobody's doing.
    const answer = asking(server, "planned", await server.createKey("server"));
    await expect.poll(answer).toBe(false);
    await open(lin, request);
    await unfold(lin, "Schedule it for another moment");
    await lin.getByLabel("At", { exact: true }).fill(new Date(Date.now() + 15_000).toISOString());
    await press(lin, "Reschedule");
    await expect(notice(lin)).toContainText("It is scheduled.");
    await expect.poll(answer, { timeout: 60_000 }).toBe(true);
    await open(lin, request);
    await expect(lin.getByText(/Flagstaff applied it/)).toBeVisible();
    await lin.context().close();
    await ann.context().close();
  });
});

test("the calendar's address is shown once and opens without a session", async ({ page, staffed, request }) => {
  await enter(page, staffed, LIN);
  await open(page, `${staffed.url}/p/demo/schedule`);
  await press(page, "Make an address");
  const address = (await page.getByText(/schedule\.ics\?token=/).first().textContent()) ?? "";
  await expectAxeClean(page);
  const answer = await request.get(address.trim());
  expect(answer.headers()["content-type"]).toContain("text/calendar");
  expect(await answer.text()).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]*END:VCALENDAR\r\n$/);
  await open(page, `${staffed.url}/p/demo/schedule`);
  await expect(page.getByText(/schedule\.ics\?token=/)).toHaveCount(0);
  await press(page, "Take it back");
  await expect(notice(page)).toContainText("opens nothing any more");
  expect((await request.get(address.trim())).status()).toBe(404);
});
