// Takes the icons named in icons.txt out of @tabler/icons into src/regulars/console/icons.json (committed, so that
// building needs no icon package). Run `npm install && npm run icons` after changing icons.txt.
import { readFileSync, writeFileSync } from "node:fs";

const names = readFileSync("icons.txt", "utf8").split("\n").map((line) => line.trim()).filter(Boolean).sort();
const icons = {};
for (const name of names) {
  const svg = readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
  icons[name] = [...svg.matchAll(/<(?:path|circle|rect|line|polyline)[^>]*\/>/g)]
    .map((match) => match[0])
    .filter((shape) => !shape.includes('d="M0 0h24v24H0z"'))
    .join("");
}
writeFileSync("../src/regulars/console/icons.json", `${JSON.stringify(icons, null, 1)}\n`);
console.log(`${names.length} icons`);
