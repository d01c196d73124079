/** The flag and the twenty contexts that every way of asking answers alike, for tests that ask by hand. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "./providers.ts";

const FOLDER = join(import.meta.dirname, "../../tests/agreement");

export interface Agreed {
  name: string;
  context: Record<string, Json>;
  variant: "on" | "off";
  reason: "TARGETING_MATCH" | "SPLIT" | "DEFAULT";
}

/** The flag's key: its buckets are drawn with it. */
export const AGREED_FLAG = "shop_launch";
/** The flag with its rules in production, in the long form. */
export const AGREED_FILE = join(FOLDER, "flag.json");
export const AGREED: Agreed[] = JSON.parse(readFileSync(join(FOLDER, "contexts.json"), "utf8"));
