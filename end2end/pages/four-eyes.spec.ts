/** A change that other people look at first, from the draft to a real SDK; and the one that could not wait. */

import { OpenFeature } from "@openfeature/server-sdk";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import type { Page } from "@playwright/test";
import type { Flagstaff } from "../support/flagstaff.ts";
import { draft, flags, notice, open, press, problems, unfold } from "../support/flow.ts";
import { expectAxeClean, expectNoSidewaysScroll } from "../support/look.ts";
import { ANN, as, guarded } from "../support/reviewed.ts";
import { ADA, expect, LIN, test } from "../support/test.ts";

// Three people, each in a browser of their own, take their time.
test.describe.configure({ timeout: 300_000 });
test.use({ actionTimeout: 10_000 });

/** Drafts a share for everyone else, and goes on to save it. */
async function share(page: Page, percent: string) {
  await unfold(page, "Change what they get");
  const form = page.locator("form", { has: page.getByRole("radiogroup", { name: "Serve everyone else" }) });
  await form.getByLabel("Share", { exact: true }).fill(percent);
  await form.getByRole("button", { name: "Add to draft" }).click();
  await press(draft(page), /^(Save|Review and save|Request review…?|Put it into the request)$/);
}

/** Drafts a share for everyone else and asks for a review; gives the request's address. */
async function ask(page: Page, server: Flagstaff, percent: string, title: string): Promise<string> {
  await open(page, flags(server, "four_eyes", "production"));
  await share(page, percent);
  await expect(page.getByRole("heading", { name: "Ask for a review" })).toBeVisible();
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Why").fill("Ten customers asked for it.");
  await press(page, "Request review");
  await expect(page).toHaveURL(/\/p\/demo\/changes\/\d+/);
  return page.url().split("?")[0];
}

/** What a real SDK gets. */
async function served(server: Flagstaff, key: string, unit: string): Promise<boolean> {
  const name = `four-eyes-${unit}-${Date.now()}-${Math.random()}`;
  await OpenFeature.setProviderAndWait(name, new OFREPProvider({ baseUrl: server.url, headers: [["Authorization", `Bearer ${key}`]] }));
  return OpenFeature.getClient(name).getBooleanValue("four_eyes", false, { targetingKey: unit });
}

test("from the draft over the review to the SDK", async ({ browser }) => {
  await guarded("four_eyes", async (server) => {
    const key = await server.createKey("server", "shop");
    const lin = await as(browser, server, LIN);
    const request = await ask(lin, server, "100", "Launch for everybody");
    await expect(lin.getByText("In review").first()).toBeVisible();

    // The author may not, and is told why and who can.
    const own = lin.getByRole("button", { name: /^Approve/ });
    await expect(own).toHaveAttribute("aria-disabled", "true");
    await expect(lin.getByText("You had a hand in this change: somebody else approves it. Ask").first()).toBeVisible();
    await expect(lin.getByRole("button", { name: /^Apply now/ })).toHaveAttribute("aria-disabled", "true");
    expect(await served(server, key, "user_1")).toBe(false);

    // The approver finds it in the inbox, and among what needs them.
    const ann = await as(browser, server, ANN);
    await open(ann, `${server.url}/inbox`);
    await expect(ann.getByText("asks you to review")).toBeVisible();
    await expectAxeClean(ann);
    await open(ann, `${server.url}/p/demo/changes`);
    await expectAxeClean(ann);
    await ann.getByRole("link", { name: "Launch for everybody" }).click();
    await expect(ann.getByRole("heading", { name: "What changes" })).toBeVisible();
    await expect(ann.getByText("Ten customers asked for it.").first()).toBeVisible();
    await expectAxeClean(ann);
    await expectNoSidewaysScroll(ann);
    await press(ann, "Request changes");
    await expect(problems(ann)).toBeVisible();
    await ann.getByLabel("Comment").fill("Looks right to me.");
    await press(ann, "Approve");
    await expect(notice(ann)).toContainText("You approved it.");
    await expect(ann.getByText("Approved").first()).toBeVisible();

    await open(lin, request);
    await press(lin, "Apply now");
    await expect(notice(lin)).toContainText("it is in force now");
    await expect.poll(() => served(server, key, "user_1")).toBe(true);
    await open(lin, `${server.url}/inbox`);
    await expect(lin.getByText("approved").first()).toBeVisible();
    await lin.context().close();
    await ann.context().close();
  });
});

test("an edit begins a new round, and what was approved does not count for it", async ({ browser }) => {
  await guarded("four_eyes", async (server) => {
    const lin = await as(browser, server, LIN);
    const ann = await as(browser, server, ANN);
    const request = await ask(lin, server, "5", "A few first");
    await open(ann, request);
    await press(ann, "Approve");
    await open(lin, request);
    await press(lin, "Edit");
    await expect(lin).toHaveURL(/\/drafts\//);
    await lin.getByRole("link", { name: "Go on editing" }).click();
    await share(lin, "50");
    await lin.getByLabel("Why").fill("Half of them, then.");
    await press(lin, "Put it into the request");
    await expect(lin).toHaveURL(request);
    await expect(lin.getByText("approved an earlier content")).toBeVisible();
    await expect(lin.getByRole("button", { name: /^Apply now/ })).toHaveAttribute("aria-disabled", "true");
    await lin.context().close();
    await ann.context().close();
  });
});

test("the glass is broken, loudly, and somebody else looks at it afterwards", async ({ browser }) => {
  await guarded("four_eyes", async (server) => {
    const key = await server.createKey("server", "shop");
    const ada = await as(browser, server, ADA);
    const request = await ask(ada, server, "100", "Stop the bleeding");
    await unfold(ada, "Break the glass");
    await ada.getByLabel("Reason").fill("Checkout is down");
    await ada.getByLabel("Environment").fill("production");
    await press(ada, "Break the glass and apply");
    await expect(notice(ada)).toContainText("Applied without a review");
    await expect.poll(() => served(server, key, "user_1")).toBe(true);
    await expect(ada.getByRole("button", { name: "I looked at it" })).toHaveAttribute("aria-disabled", "true");
    await expectAxeClean(ada);

    const ann = await as(browser, server, ANN);
    await open(ann, `${server.url}/inbox`);
    await expect(ann.getByText("broke the glass")).toBeVisible();
    await open(ann, request);
    await ann.getByLabel("What you found").fill("It did what it says.");
    await press(ann, "I looked at it");
    await expect(notice(ann)).toContainText("on record");
    await ada.context().close();
    await ann.context().close();
  });
});

test("turning off waits for nobody, and is looked at afterwards", async ({ browser }) => {
  await guarded("four_eyes", async (server) => {
    const lin = await as(browser, server, LIN);
    await open(lin, flags(server, "four_eyes", "production"));
    await lin.getByRole("switch", { name: "four_eyes in production" }).click();
    await expect(lin.getByRole("switch", { name: "four_eyes in production" })).toHaveAttribute("aria-checked", "false");
    const ann = await as(browser, server, ANN);
    await open(ann, `${server.url}/p/demo/changes`);
    await expect(ann.getByRole("link", { name: "Turned off four_eyes in production" })).toBeVisible();
    await lin.context().close();
    await ann.context().close();
  });
});
