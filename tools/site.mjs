// Puts the site folder together: `node tools/site.mjs <folder of wasm-bindgen's files> <site folder>`.
// Every file gets a brotli copy beside it, made here once at the highest level instead of at each request.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { bundle } from "lightningcss";

// The browsers that know `light-dark()`: with older ones among the targets the style sheet would be rewritten.
const TARGETS = { chrome: 123 << 16, firefox: 125 << 16, safari: (17 << 16) | (5 << 8) };

const [pkg, site] = process.argv.slice(2);

const files = new Map();
for (const path of walk(pkg)) files.set(join("pkg", relative(pkg, path)), readFileSync(path));
for (const path of walk("public")) files.set(relative("public", path), readFileSync(path));
files.set("pkg/flagstaff.css", bundle({ filename: "style/main.css", minify: true, targets: TARGETS }).code);

const kept = new Set();
for (const [name, bytes] of files) {
  kept.add(name).add(`${name}.br`);
  if (write(name, bytes) || !existsSync(join(site, `${name}.br`))) write(`${name}.br`, brotli(bytes));
}
for (const path of walk(site)) if (!kept.has(relative(site, path))) rmSync(path);

for (const name of [...files.keys()].filter((name) => name.startsWith("pkg/"))) {
  console.log(`${name.padEnd(24)} ${size(name)}  ${size(`${name}.br`)} in brotli`);
}

/** Writes a file of the site if that changes it, and says whether it did. */
function write(name, bytes) {
  const path = join(site, name);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return false;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return true;
}

function brotli(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params });
}

function walk(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function size(name) {
  return `${(statSync(join(site, name)).size / 1024).toFixed(1)} KiB`.padStart(10);
}
