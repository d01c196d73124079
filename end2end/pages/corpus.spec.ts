/** Every text field of every form takes every payload: no script of it runs, no node of it stands on a page, no page breaks. */

import type { APIRequestContext, Browser, Page } from "@playwright/test";
import { Flagstaff } from "../support/flagstaff.ts";
import { PAYLOADS } from "../support/payloads.ts";
import { ADA, asSameOrigin, createUser, enter, expect, hasJavaScript, LIN, signIn, test } from "../support/test.ts";

/** The pages with forms; what they make or change is looked at on all of them afterwards. */
const PAGES = [
  "flags",
  "flags/new",
  "flags/new_checkout/edit",
  "flags/new_checkout/development",
  "flags/new_checkout/development/rules/new",
  "flags/new_checkout/production/rules/staff",
  "bulk?flag=new_checkout&flag=pricing_experiment",
  "compare",
  "segments/new",
  "segments/staff",
  "playground",
  "playground?as=json",
  "audit",
  "settings",
  "settings/environments",
  "settings/environments/development",
  "settings/environments/development/revert",
  "settings/people",
  "settings/people/teams/payments",
  "settings/keys",
  "settings/personas/new",
  "settings/personas/pro_norway",
  "settings/attributes/new",
  "settings/attributes/plan",
  "settings/files",
];
/** The pages outside of any project. */
const OUTSIDE = ["/projects/new", "/account", "/people", "/people/lin@example.com"];
/** The pages for who is not signed in. */
const STRANGERS = ["/login", "/login?next=%22%3E%3Cscript%3E"];
const LOOKS = [
  ...PAGES,
  "flags/new_checkout/compare",
  "flags/new_checkout/production",
  "segments",
  "drafts",
  "flags/new_checkout",
  "flags/new_checkout/history",
  "settings/personas",
  "settings/attributes",
];

interface Found {
  sent: number;
  wrong: string[];
}

interface Attack {
  /** Addresses, a line each. */
  address: string;
  /** None: they are only looked at. */
  payloads: string[];
  /** Whether nobody is signed in. */
  stranger?: boolean;
}

const inProject = (paths: string[]) => paths.map((path) => `/p/demo/${path}`);

/** A server of its own, because what stands on it afterwards is nothing to read. */
async function attacked(use: (server: Flagstaff) => Promise<void>) {
  const server = await Flagstaff.start();
  try {
    await createUser(server, ADA, ["--role", "owner"]);
    await createUser(server, LIN, ["--role", "editor", "--project", "demo"]);
    await use(server);
  } finally {
    await server.stop();
  }
}

/** Opens pages as people do, with all that scripts make of them, and looks at what is there. */
async function visit(page: Page, server: Flagstaff, paths: string[]) {
  for (const path of paths) {
    await page.goto(server.url + path);
    expect(await page.evaluate(nodes, undefined), path).toEqual([]);
  }
  expect(await page.evaluate(() => "hurt" in globalThis)).toBe(false);
}

test("sixty payloads in every text field @with-javascript", async ({ page, watch }) => {
  test.setTimeout(1_200_000);
  // Forms are sent with fetch; what they are refused with, the console tells as a failed load.
  watch.allow(/.*/);
  expect(PAYLOADS).toHaveLength(60);
  await attacked(async (server) => {
    await enter(page, server);
    await page.goto(`${server.url}/help`);
    const silent: string[] = [];
    const send = async (address: string, stranger = false) => {
      const found: Found = await page.evaluate(attack, { address, payloads: PAYLOADS, stranger });
      expect(found.wrong, address).toEqual([]);
      if (found.sent === 0) silent.push(address);
    };
    for (const address of [...inProject(PAGES), ...OUTSIDE]) await send(address);
    for (const address of STRANGERS) await send(address, true);
    expect(silent, "pages whose forms have no text field").toEqual([]);
    const looked: Found = await page.evaluate(attack, { address: [...inProject(LOOKS), ...OUTSIDE].join("\n"), payloads: [] });
    expect(looked.wrong).toEqual([]);
    await visit(page, server, [...inProject(LOOKS), ...OUTSIDE]);
  });
});

/** Posts a form of a page by hand, as a browser of the same site does. */
async function post(who: APIRequestContext, server: Flagstaff, path: string, form: Record<string, string>) {
  return who.post(server.url + path, { form, headers: asSameOrigin(server), maxRedirects: 0 });
}

/** The draft that somebody has of a flag in an environment, by its address. */
async function draftOf(who: APIRequestContext, server: Flagstaff, path: string): Promise<string> {
  const html = await (await who.get(server.url + path)).text();
  const found = /action="(\/p\/demo\/drafts\/[^"]+)"/.exec(html)?.[1];
  expect(found, "a draft").toBeTruthy();
  return found ?? "";
}

/** Somebody else, for who two people are needed. */
async function another(browser: Browser, server: Flagstaff): Promise<Page> {
  const page = await browser.newPage();
  await signIn(page, server, LIN);
  return page;
}

/** What an answer has that none should; parsed where no script runs. */
async function answered(page: Page, answer: { text(): Promise<string>; status(): number }): Promise<string[]> {
  const html = await answer.text();
  const found = await page.evaluate(nodes, html);
  return answer.status() >= 500 ? [...found, `status ${answer.status()}`] : found;
}

test("sixty payloads in drafts, in what two people clash over, and in what is confirmed", async ({ page, browser, watch }) => {
  test.setTimeout(600_000);
  watch.allow(/.*/);
  await attacked(async (server) => {
    await signIn(page, server);
    const lin = await another(browser, server);
    const [ada, other] = [page.request, lin.request];
    const HERE = "/p/demo/flags/new_checkout/development";
    const CRITICAL = "/p/demo/flags/pricing_experiment/production";
    const wrong: string[] = [];
    let clashes = 0;
    for (const [at, payload] of PAYLOADS.entries()) {
      const told = async (what: string, path: string) => {
        const answer = await ada.get(server.url + path);
        wrong.push(...(await answered(page, answer)).map((one) => `${what} of payload ${at}: ${one}`));
        if ((await answer.text()).includes('id="clashes"')) clashes += 1;
      };
      // The same key in two lists, and a rule under two names: neither fits the other.
      await post(ada, server, `${HERE}/rules/new`, rule(payload, "Ada"));
      await post(ada, server, HERE, { _form: "targets", "units[on]": `${payload}\nada` });
      await post(other, server, HERE, { _form: "targets", "units[off]": `${payload}\nlin` });
      const theirs = await draftOf(other, server, HERE);
      await post(other, server, theirs, { _form: "save" });
      const mine = await draftOf(ada, server, HERE);
      await told("clash", mine);
      await told("save bar", HERE);
      await told("list of drafts", "/p/demo/drafts");
      await post(ada, server, mine, { _form: "discard" });

      // Asked for on the way to production, refused with what was typed, and then in the history.
      await post(ada, server, CRITICAL, { _form: "targets", "units[control]": payload });
      const asked = await draftOf(ada, server, CRITICAL);
      const confirm = { _form: "confirm", _origin: "save", _confirm_environment: "production", _confirm_typed: "true" };
      for (const form of [{ _form: "save", reason: payload }, { ...confirm, reason: payload, confirmation: payload }, { ...confirm, reason: payload, confirmation: "production" }]) {
        const found = await answered(page, await post(ada, server, asked, form));
        wrong.push(...found.map((one) => `confirmation of payload ${at}: ${one}`));
      }
    }
    expect(wrong).toEqual([]);
    expect(clashes, "payloads that two people clashed over").toBeGreaterThan(50);
    await visit(page, server, [HERE, CRITICAL, ...inProject(["drafts", "audit", "flags/new_checkout/history", "flags/pricing_experiment/history"])]);
    await lin.close();
  });
});

function rule(payload: string, name: string): Record<string, string> {
  return {
    _form: "rule",
    name: `${name} ${payload}`.slice(0, 100),
    active: "true",
    "conditions[0].attribute": "plan",
    "conditions[0].operator": "in",
    "conditions[0].read_as": "text",
    "conditions[0].values": payload,
    serve: "variant",
    "serve.variant": "on",
  };
}

test("pages full of payloads hold none of their nodes where no script runs @without-javascript", async ({ page, watch }) => {
  test.setTimeout(300_000);
  watch.allow(/.*/);
  expect(hasJavaScript()).toBe(false);
  await attacked(async (server) => {
    await signIn(page, server);
    const address = `${server.url}/p/demo/flags/new_checkout/development`;
    for (const payload of PAYLOADS) {
      await post(page.request, server, "/p/demo/flags/new_checkout/development/rules/new", rule(payload, "Rule"));
      await post(page.request, server, "/account", { _form: "name", name: payload });
      for (const path of ["/login", "/account", "/p/demo/segments/new", "/p/demo/settings/attributes/new"]) {
        const fields = { email: payload, name: payload, key: payload, description: payload, current_password: payload, new_password: payload };
        const form = /<form method="post"[^>]* id="([^"]+)"/.exec(await (await page.request.get(server.url + path)).text())?.[1] ?? "login";
        expect(await answered(page, await post(page.request, server, path, { _form: form, ...fields })), `${path} with ${payload}`).toEqual([]);
      }
    }
    await page.goto(address);
    await expect(page.getByRole("region", { name: "Unsaved changes" })).toBeVisible();
    await visit(page, server, [...inProject(LOOKS), ...OUTSIDE]);
  });
});

/** Runs in the page: what of its content came from a payload, if anything did; or of an answer that no page was made of. */
function nodes(html?: string): string[] {
  const page = html === undefined ? document : new DOMParser().parseFromString(html, "text/html");
  const wrong = [...page.querySelectorAll("*")].filter((node) => {
    const handler = [...node.attributes].some((attribute) => attribute.name.startsWith("on"));
    const link = ["href", "src", "action", "formaction", "data"].some((name) => /^\s*(javascript|data:text|\/\/)/i.test(node.getAttribute(name) ?? ""));
    return handler || link || node.matches("iframe, object, embed, base, marquee, math, video, audio, main script, main style, main meta, main link, img");
  });
  return wrong.slice(0, 3).map((node) => node.outerHTML.slice(0, 200));
}

/** Runs in the page: reads the forms of an address, sends each with each payload in all of its text fields, and looks at the answers. */
async function attack({ address, payloads, stranger }: Attack): Promise<Found> {
  const found: Found = { sent: 0, wrong: [] };
  const TEXT = "input:not([type]), input[type=text], input[type=search], input[type=email], input[type=url], input[type=date], input[type=password], textarea";
  const credentials: RequestCredentials = stranger ? "omit" : "same-origin";

  function look(html: string, status: number, what: string) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const wrong = [...page.querySelectorAll("*")].filter((node) => {
      const handler = [...node.attributes].some((attribute) => attribute.name.startsWith("on"));
      const link = ["href", "src", "action", "formaction", "data"].some((name) => /^\s*(javascript|data:text|\/\/)/i.test(node.getAttribute(name) ?? ""));
      return handler || link || node.matches("iframe, object, embed, base, marquee, math, video, audio, main script, main style, main meta, main link, img");
    });
    for (const node of wrong.slice(0, 3)) found.wrong.push(`${what}: ${node.outerHTML.slice(0, 200)}`);
    if (status >= 500 || page.querySelectorAll("h1").length !== 1) found.wrong.push(`${what}: a broken page, ${status}`);
  }

  /** What the browser would send of a form, with the payload in its text fields; a form of several parts as a plain one would be refused. */
  function filled(form: HTMLFormElement, payload: string): { body: FormData; texts: number } {
    const button = form.querySelector<HTMLButtonElement>("button:not([name]), button[name=do]");
    const body = new FormData(form, null);
    if (button?.name) body.set(button.name, button.value);
    let texts = 0;
    for (const field of form.querySelectorAll<HTMLInputElement>(TEXT)) {
      if (!field.name) continue;
      texts += 1;
      body.set(field.name, payload);
    }
    return { body, texts };
  }

  /** The question that an environment asks first: its fields refused, and then as it wants them. */
  async function confirmed(to: string, html: string, payload: string) {
    const form = [...new DOMParser().parseFromString(html, "text/html").forms].find((form) => form.querySelector("[name=_form][value=confirm]"));
    if (!form) return void found.wrong.push(`${to}: a question without a form`);
    for (const typed of [payload, form.querySelector<HTMLInputElement>("[name=_confirm_environment]")?.value ?? ""]) {
      const body = new URLSearchParams([...filled(form, payload).body].map(([name, value]) => [name, String(value)]));
      body.set("confirmation", typed);
      const answer = await fetch(to, { method: "POST", credentials, body });
      found.sent += 1;
      look(await answer.text(), answer.status, `${to} confirmed with ${payload}`);
    }
  }

  for (const one of address.split("\n")) {
    const answer = await fetch(one, { credentials });
    const html = await answer.text();
    look(html, answer.status, one);
    if (payloads.length === 0) continue;
    const page = new DOMParser().parseFromString(html, "text/html");
    const base = page.createElement("base");
    for (const form of page.querySelectorAll<HTMLFormElement>("main form")) {
      base.remove();
      for (const payload of payloads) {
        const { body, texts } = filled(form, payload);
        if (texts === 0) break;
        const to = form.getAttribute("action")?.split("#")[0] || one;
        const plain = new URLSearchParams([...body].map(([name, value]) => [name, typeof value === "string" ? value : ""]));
        const isPost = form.getAttribute("method")?.toLowerCase() === "post";
        const sent = isPost
          ? await fetch(to, { method: "POST", credentials, body: form.enctype === "multipart/form-data" ? body : plain })
          : await fetch(`${to.split("?")[0]}?${plain}`, { credentials });
        found.sent += 1;
        const text = await sent.text();
        look(text, sent.status, `${to} with ${payload}`);
        if (sent.status === 428) await confirmed(to, text, payload);
      }
    }
  }
  return found;
}
