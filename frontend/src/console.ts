// The console's script: everything works without it except menus, charts and the search key.
import "@tabler/core/dist/css/tabler.min.css";
import "@tabler/core/dist/js/tabler.esm.min.js";
import "./console.css";
import { startCopying } from "./copy";
import { startDrafting } from "./drafting";
import { startEditing } from "./forms";
import { startKeys } from "./keys";
import { startRows } from "./rows";
import { startScanning } from "./scan";
import { startTheme } from "./theme";
import { startTray } from "./tray";

startTheme();
startKeys();
startCopying();
startRows();
startEditing();
startDrafting();
startScanning();
startTray();

async function drawCharts(): Promise<void> {
  if (!document.querySelector("[data-chart]")) return;
  const { draw } = await import("./charts");
  draw();
}

void drawCharts();
document.addEventListener("htmx:afterSettle", () => void drawCharts());

async function askConditions(): Promise<void> {
  if (!document.querySelector("[data-conditions]:not([data-mounted])")) return;
  const { mountConditions } = await import("./conditions/mount");
  mountConditions();
}

void askConditions();
document.addEventListener("htmx:afterSettle", () => void askConditions());

async function buildRules(): Promise<void> {
  const root = document.querySelector<HTMLElement>("[data-rule-builder]");
  if (!root) return;
  const { build } = await import("./rules/mount");
  build(root);
}

void buildRules();
