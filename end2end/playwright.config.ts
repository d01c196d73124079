import { execFileSync } from "node:child_process";
import { defineConfig } from "@playwright/test";

/** Only the browser's own tests need one, so the providers' tests run where there is none. */
function chromium(): string | undefined {
  try {
    return execFileSync("../scripts/chromium", { encoding: "utf8", cwd: import.meta.dirname }).trim();
  } catch {
    return undefined;
  }
}

/** No sandbox, because tests run as root in containers; and nothing that asks the outside world. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  // Far more than any step needs: on a machine that is busy with something else a test is slow, not wrong.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // Tells of a failure when it happens, so that it is known even where a run is cut short.
  reporter: [["line"], ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? "test-results/report.json" }]],
  use: {
    launchOptions: { executablePath: chromium(), args: QUIET },
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    screenshot: "only-on-failure",
    // A trace takes longer than what it traces: TRACE=1 for a test that fails.
    trace: process.env.TRACE ? "retain-on-failure" : "off",
  },
  projects: [
    { name: "providers", testDir: "providers" },
    { name: "javascript-on", testDir: "pages", grepInvert: /@without-javascript/ },
    { name: "javascript-off", testDir: "pages", use: { javaScriptEnabled: false }, grepInvert: /@with-javascript/ },
    ...(process.env.PICTURES ? [{ name: "pictures", testDir: "pictures" }] : []),
  ],
});
