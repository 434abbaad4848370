// Builds the console's assets. File names carry their content's hash; the template tag `asset` reads the manifest.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig } from "vite";

const OUT = "../src/regulars/console/static/console/dist";

/** Leaves a .gz beside every text file, which whitenoise serves to whoever accepts it. */
function compressed() {
  return {
    name: "compressed",
    closeBundle() {
      for (const name of readdirSync(OUT, { recursive: true })) {
        if (!/\.(js|css|wasm)$/.test(name)) continue;
        const path = join(OUT, name);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [compressed()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rollupOptions: { input: { console: "src/console.ts" } },
  },
});
