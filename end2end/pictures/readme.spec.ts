/** Takes the README's pictures from the demo data: `make pictures`. Not part of the tests. */

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { screenshot, THEMES } from "../support/look.ts";
import { expect, signIn, test } from "../support/test.ts";

const FOLDER = join(import.meta.dirname, "../../docs/pictures");

/** What is shown of each page; the flag is one of the demo project's that is rolling out. */
const PAGES = {
  list: "/p/demo/flags",
  detail: `/p/demo/flags/${process.env.PICTURED_FLAG ?? "new_checkout"}`,
  audit: "/p/demo/audit",
};

test("pictures of list, detail and audit in light and dark", async ({ page, staffed }) => {
  mkdirSync(FOLDER, { recursive: true });
  await signIn(page, staffed);
  for (const [name, path] of Object.entries(PAGES)) {
    const answer = await page.goto(staffed.url + path);
    expect(answer?.status(), path).toBe(200);
    for (const theme of THEMES) copyFileSync(await screenshot(page, name, theme), join(FOLDER, `${name}-${theme}.png`));
  }
});
