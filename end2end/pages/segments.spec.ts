/** Segments: a group with a name, by condition, by id and from a file, and the flags that ask for it. */

import type { Page } from "@playwright/test";
import type { Flagstaff } from "../support/flagstaff.ts";
import { flags, make, notice, open, press, problems, save } from "../support/flow.ts";
import { enter, expect, islandsReady, test } from "../support/test.ts";

function segments(server: Flagstaff, key = ""): string {
  return `${server.url}/p/demo/segments${key && `/${key}`}`;
}

/** Makes a segment of these ids by its form. */
async function create(page: Page, server: Flagstaff, key: string, ids: string[]): Promise<void> {
  await open(page, segments(server, "new"));
  await page.getByLabel("Key", { exact: true }).fill(key);
  await page.getByLabel("Name", { exact: true }).fill(`Segment ${key}`);
  await page.getByRole("textbox", { name: /^Always in/ }).fill(ids.join("\n"));
  await press(page, "Create segment");
  await expect(notice(page)).toContainText(`You created the segment ${key}.`);
}

test.beforeEach(async ({ page, staffed }) => enter(page, staffed));

test("a segment is made by condition and by id, and stands in the list", async ({ page, staffed }) => {
  await open(page, segments(staffed));
  await page.getByRole("link", { name: "New segment" }).click();
  await page.getByLabel("Key", { exact: true }).fill("testers");
  await page.getByLabel("Name", { exact: true }).fill("Testers");
  await islandsReady(page);
  await press(page, "Add a group of conditions");
  const condition = page.getByRole("group", { name: "Condition 1 of group 1" });
  await expect(condition.getByLabel("Attribute")).toBeFocused();
  await condition.getByLabel("Attribute").fill("email");
  await condition.getByLabel("Comparison").selectOption("ends with");
  await condition.getByLabel("Values", { exact: true }).fill("@test.example");
  await page.getByRole("textbox", { name: /^Never in/ }).fill("user_9");
  await press(page, "Create segment");
  await expect(notice(page)).toContainText("You created the segment testers.");
  await expect(page.getByText("No flag asks for it.")).toBeVisible();
  await open(page, segments(staffed));
  await expect(page.getByRole("row", { name: /Testers/ })).toContainText("no flag");
});

test("ids come from a CSV, with a report before they are saved", async ({ page, staffed }) => {
  await create(page, staffed, "from_file", ["user_1"]);
  const buffer = Buffer.from("plan;User Id\r\npro;user_1\r\npro;user_2\r\nfree;user_2\r\n");
  await page.locator("input[type=file]").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer });
  await page.getByRole("textbox", { name: /^Column/ }).fill("user id");
  await press(page, "Save");
  await expect(page.getByText("3 lines: 1 new, 1 twice in the file, 1 already in the list.")).toBeVisible();
  await press(page, "Apply change");
  await expect(notice(page)).toContainText("You added 1 id to the segment from_file.");
  await page.getByLabel("A part of an id").fill("_2");
  await press(page, "Find");
  await expect(page.getByText("1 of 2 ids match")).toBeVisible();
});

test("a file is kept while something else is put right", async ({ page, staffed }) => {
  await create(page, staffed, "kept_file", ["user_1"]);
  await page.getByLabel("Name", { exact: true }).fill("");
  await page.locator("input[type=file]").setInputFiles({ name: "people.txt", mimeType: "text/plain", buffer: Buffer.from("user_5\nuser_6\n") });
  await press(page, "Save");
  await expect(problems(page)).toContainText("Write a name");
  await expect(page.getByText("people.txt goes along: 2 lines")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Kept");
  await press(page, "Save");
  await expect(page.getByText("2 lines: 2 new.")).toBeVisible();
  await press(page, "Apply change");
  await expect(page.getByRole("textbox", { name: /^Always in/ })).toHaveValue("user_1\nuser_5\nuser_6");
});

test("what a change touches is shown first, and a segment in use stays", async ({ page, staffed }) => {
  await create(page, staffed, "in_use", ["user_1"]);
  await make(page, staffed, { asks_segment: { enabled: true, percentage: 0 } }, "development");
  await open(page, `${flags(staffed, "asks_segment", "development")}/rules/new`);
  await page.getByLabel("Comparison").selectOption("is in segment");
  await page.getByLabel("in_use").check();
  await press(page, "Add to draft");
  await expect(page.locator(".sentence", { hasText: "the user is in segment in_use" })).toBeVisible();
  await save(page);
  await expect(notice(page)).toContainText("asks_segment");
  await open(page, segments(staffed, "in_use"));
  await expect(page.getByRole("link", { name: "asks_segment" })).toBeVisible();
  await page.getByRole("textbox", { name: /^Always in/ }).fill("user_1\nuser_2");
  await press(page, "Save");
  await expect(page.getByRole("region", { name: "What it touches" })).toContainText("asks_segment");
  await press(page, "Apply change");
  await expect(notice(page)).toContainText("You added 1 id to the segment in_use.");
  await page.getByRole("link", { name: "Remove", exact: true }).click();
  await expect(page.getByText("These flags ask for it:")).toBeVisible();
  await expect(page.getByRole("link", { name: "asks_segment" })).toBeVisible();
});

test("one that no flag asks for is removed", async ({ page, staffed }) => {
  await create(page, staffed, "short_lived", []);
  await page.getByRole("link", { name: "Remove", exact: true }).click();
  await press(page, "Remove this segment");
  await expect(notice(page)).toContainText("You removed the segment short_lived.");
});
