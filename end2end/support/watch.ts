/** Collects what a page says on the console and what it fails to load. Nothing of that is normal. */

import { type ConsoleMessage, expect, type Page, type Request, type Response } from "@playwright/test";

/** How a form answers that was refused, or that asks for confirmation first: with its page, which the test looks at. */
const FORM_ANSWERS = [409, 422, 428];
/** What Chromium says of scripts that a page preloads where none may run. */
const SCRIPTS_ARE_OFF = [/^failed: GET \S+\.js: csp$/];
/**
 * Said of what a page preloads some seconds after it was loaded. A busy machine has not come to use it by then; that it is used is
 * what every test shows that waits for islands.
 */
const NOT_USED_YET = /^warning: The resource \S+ was preloaded using link preload but not used/;

export class Watch {
  private readonly found: string[] = [];
  private readonly expected: RegExp[] = [NOT_USED_YET];

  /** `runsScripts` is false where the browser was told to run none. */
  constructor(page: Page, runsScripts = true) {
    if (!runsScripts) this.allow(...SCRIPTS_ARE_OFF);
    page.on("console", (message) => this.console(message));
    page.on("pageerror", (error) => this.found.push(`uncaught: ${error.message}`));
    page.on("requestfailed", (request) => this.failed(request));
    page.on("response", (response) => this.answered(response));
  }

  /** Lets through what this test provokes on purpose, such as `/403 .*\/flags/`. */
  allow(...what: RegExp[]): void {
    this.expected.push(...what);
  }

  /** Fails on anything collected so far that was not allowed. */
  expectClean(): void {
    const unexpected = this.found.filter((line) => !this.expected.some((pattern) => pattern.test(line)));
    expect(unexpected, "unexpected on the console or the network").toEqual([]);
  }

  private console(message: ConsoleMessage): void {
    if (!["error", "warning"].includes(message.type())) return;
    // Chromium repeats each failed answer on the console; `answered` has it with its status.
    if (message.text().startsWith("Failed to load resource")) return;
    this.found.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  }

  private failed(request: Request): void {
    const reason = request.failure()?.errorText ?? "unknown";
    // A page left behind ends its own requests.
    if (reason !== "net::ERR_ABORTED") this.found.push(`failed: ${request.method()} ${request.url()}: ${reason}`);
  }

  private answered(response: Response): void {
    const { request, status } = { request: response.request(), status: response.status() };
    if (FORM_ANSWERS.includes(status) && request.method() === "POST" && request.isNavigationRequest()) return;
    if (status >= 400) this.found.push(`${status} ${request.method()} ${response.url()}`);
  }
}
