// Mounts the rule builder: <div data-rule-builder data-fields data-values data-check data-try data-keep> with two JSON
// scripts in it, #rule-setup (console.rule_setup) and #rule-words.
import { createRoot } from "react-dom/client";
import { RuleEditor } from "./editor";
import type { Urls } from "./editor";
import type { Setup } from "./fields";
import type { Words } from "../conditions/values";
import "../conditions/conditions.css";
import "./rules.css";

function told<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null") as T;
}

export function build(root: HTMLElement): void {
  createRoot(root).render(<RuleEditor setup={told<Setup>("rule-setup")} words={told<Words>("rule-words")} urls={{ ...root.dataset } as unknown as Urls} />);
}
