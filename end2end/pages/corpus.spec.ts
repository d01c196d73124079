/** Every text field of every form takes every payload: no script of it runs, no node of it stands on a page, no page breaks. */

import { Flagstaff } from "../support/flagstaff.ts";
import { PAYLOADS } from "../support/payloads.ts";
import { ADA, createUser, enter, expect, test } from "../support/test.ts";

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
const LOOKS = [...PAGES, "flags/new_checkout/compare", "segments", "drafts", "flags/new_checkout", "flags/new_checkout/history", "settings/personas", "settings/attributes"];

interface Found {
  sent: number;
  wrong: string[];
}

test("sixty payloads in every text field @with-javascript", async ({ page, watch }) => {
  test.setTimeout(600_000);
  // Forms are sent with fetch; what they are refused with, the console tells as a failed load.
  watch.allow(/.*/);
  expect(PAYLOADS).toHaveLength(60);
  const server = await Flagstaff.start();
  try {
    await createUser(server, ADA, ["--role", "owner"]);
    await enter(page, server);
    const addresses = (paths: string[]) => [...paths.map((path) => `/p/demo/${path}`), "/projects/new"];
    await page.goto(`${server.url}/help`);
    const silent: string[] = [];
    for (const address of addresses(PAGES)) {
      const found: Found = await page.evaluate(attack, { address, payloads: PAYLOADS });
      expect(found.wrong, address).toEqual([]);
      if (found.sent === 0) silent.push(address);
    }
    expect(silent, "pages whose forms have no text field").toEqual([]);
    const looked: Found = await page.evaluate(attack, { address: addresses(LOOKS).join("\n"), payloads: [] });
    expect(looked.wrong).toEqual([]);
    await page.goto(`${server.url}/p/demo/flags/new_checkout/development`);
    await page.goto(`${server.url}/p/demo/audit`);
    expect(await page.evaluate(() => "hurt" in globalThis)).toBe(false);
  } finally {
    await server.stop();
  }
});

/** Runs in the page: reads the forms of an address, sends each with each payload in all of its text fields, and looks at the answers. */
async function attack({ address, payloads }: { address: string; payloads: string[] }): Promise<Found> {
  const found: Found = { sent: 0, wrong: [] };
  const TEXT = "input:not([type]), input[type=text], input[type=search], input[type=email], input[type=url], input[type=date], textarea";

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

  for (const one of address.split("\n")) {
    const answer = await fetch(one);
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
          ? await fetch(to, { method: "POST", body: form.enctype === "multipart/form-data" ? body : plain })
          : await fetch(`${to.split("?")[0]}?${plain}`);
        found.sent += 1;
        look(await sent.text(), sent.status, `${to} with ${payload}`);
      }
    }
  }
  return found;
}
