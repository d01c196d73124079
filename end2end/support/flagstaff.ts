/** The real binary: started on a free port with a data folder of its own, asked through its command line, stopped by its id. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const ROOT = resolve(import.meta.dirname, "../..");
const BINARY = process.env.BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "release", "flagstaff");

/** How long a start, a command or a stop may take, in milliseconds. */
const PATIENCE = 60_000;

export const DEMO = ["--project", "demo", "--environment", "production"];

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface ShortFlag {
  enabled?: boolean;
  [field: string]: unknown;
}

export class Flagstaff {
  private constructor(
    readonly url: string,
    readonly data: string,
    private readonly process: ChildProcess,
    private readonly said: { text: string },
  ) {}

  /** Starts a server; resolves once it is ready to answer. */
  static async start(options: string[] = ["--demo"]): Promise<Flagstaff> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: make release builds it`);
    const data = mkdtempSync(join(tmpdir(), "flagstaff-"));
    // In a folder of its own: the binary must need nothing beside it.
    const child = spawn(BINARY, ["serve", "--addr", "127.0.0.1:0", "--data", data, ...options], { cwd: data, env: environment() });
    const said = { text: "" };
    child.stdout.on("data", (chunk) => (said.text += chunk));
    child.stderr.on("data", (chunk) => (said.text += chunk));
    try {
      const url = await printed(child, said, /Flagstaff is listening on (http:\/\/127\.0\.0\.1:\d+)/);
      await until(`${url}/readyz`, child, said);
      return new Flagstaff(url, data, child, said);
    } catch (error) {
      child.kill("SIGKILL");
      rmSync(data, { recursive: true, force: true });
      throw error;
    }
  }

  /** The first-run link, as printed. */
  async setupLink(): Promise<string> {
    return printed(this.process, this.said, /Set up Flagstaff: (\S+)/);
  }

  /** What the server wrote so far, for a failing test. */
  get log(): string {
    return this.said.text;
  }

  /** Runs a command of the same binary on the same data. */
  command(args: string[], input = ""): Promise<Finished> {
    const child = spawn(BINARY, [...args, "--data", this.data], { cwd: this.data, env: environment() });
    const out = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (out.stdout += chunk));
    child.stderr.on("data", (chunk) => (out.stderr += chunk));
    child.stdin.on("error", () => {}); // A command that refuses its arguments reads nothing.
    child.stdin.end(input);
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    return new Promise((done, fail) => {
      child.on("error", fail);
      child.on("close", (code) => {
        clearTimeout(timer);
        done({ code, ...out });
      });
    });
  }

  /** Runs a command that has to work, and gives what it printed. */
  async ok(args: string[], input = ""): Promise<string> {
    const { code, stdout, stderr } = await this.command(args, input);
    if (code !== 0) throw new Error(`flagstaff ${args.join(" ")} exited with ${code}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Imports a flag file by path, as it is. */
  async importFile(path: string): Promise<void> {
    await this.ok(["import", ...DEMO, path]);
  }

  /** Imports flags in the short form; in force within a second. */
  async importFlags(flags: Record<string, ShortFlag | boolean>, environment = "production"): Promise<void> {
    const place = ["--project", "demo", "--environment", environment];
    await this.ok(["import", ...place, "-"], JSON.stringify({ flags }));
  }

  async createKey(kind: "server" | "client", name: string = kind): Promise<string> {
    const origins = kind === "client" ? ["--origin", "*"] : [];
    return this.ok(["key", "create", ...DEMO, "--kind", kind, "--name", name, ...origins]);
  }

  /** Asks it to drain and waits for its end. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = new Promise((done) => this.process.once("close", done));
      this.process.kill("SIGTERM");
      const timer = setTimeout(() => this.process.kill("SIGKILL"), PATIENCE);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** Without settings of the person who runs the tests. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("FLAGSTAFF_")));
}

async function printed(child: ChildProcess, said: { text: string }, what: RegExp): Promise<string> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await pause(20)) {
    const found = what.exec(said.text)?.[1];
    if (found) return found;
    if (child.exitCode !== null) throw new Error(`flagstaff exited with ${child.exitCode}\n${said.text}`);
  }
  throw new Error(`flagstaff did not print ${what}\n${said.text}`);
}

async function until(url: string, child: ChildProcess, said: { text: string }): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await pause(50)) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    if (child.exitCode !== null) break;
  }
  throw new Error(`${url} did not answer\n${said.text}`);
}
