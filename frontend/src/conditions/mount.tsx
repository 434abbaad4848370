// Mounts the editor of conditions wherever a page has
//
//   <div data-conditions data-fields="URL" data-values="URL" [data-check="URL"] [data-on="order.paid"] [data-scope="line"]>
//     <input type="hidden" name="when" value='{"field": …}'>          the condition as JSON; empty: none
//     <script type="application/json">{…}</script>                    the editor's words (console.editing.words)
//   </div>
//
// `data-fields` answers ?on= with {"fields": […]}, `data-values` ?on=&field=&q= with {"values": [{"value", "label"}]},
// `data-check` POST {condition, on} with {"sentence", "fits", "problems": [{"place", "text"}]}. The template tag
// {% conditions %} writes all of it. On every change the hidden input has the new JSON and the div fires
// `conditions:change` (detail.condition). What others know to be wrong is shown at its place when the page fires
// `conditions:problems` on the div, with detail.problems. A change of data-on is followed.
import { createRoot } from "react-dom/client";
import { useEffect, useState } from "react";
import type { ReactElement } from "react";
import { Conditions } from "./editor";
import { post } from "./server";
import type { Field, Problem } from "./tree";
import type { Words } from "./values";
import "./conditions.css";

const CHECK_AFTER_MS = 300;

export function words(root: HTMLElement): Words {
  return JSON.parse(root.querySelector("script[type='application/json']")?.textContent ?? "{}") as Words;
}

/** An address that is asked about conditions on a type of event. */
export function about(url: string, on: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}on=${encodeURIComponent(on)}`;
}

/** The fields of rules on a type of event; none while they are fetched. */
export function useFields(url: string, on: string): Field[] | null {
  const [fields, setFields] = useState<Field[] | null>(null);
  useEffect(() => {
    let alive = true;
    void fetch(about(url, on))
      .then(async (answer) => (answer.ok ? ((await answer.json()) as { fields: Field[] }).fields : []))
      .catch(() => [])
      .then((found) => alive && setFields(found));
    return () => { alive = false; };
  }, [url, on]);
  return fields;
}

function useOn(root: HTMLElement): string {
  const [on, setOn] = useState(root.dataset.on ?? "member");
  useEffect(() => {
    const watch = new MutationObserver(() => setOn(root.dataset.on ?? "member"));
    watch.observe(root, { attributes: true, attributeFilter: ["data-on"] });
    return () => watch.disconnect();
  }, [root]);
  return on;
}

function Mounted({ root, input }: { root: HTMLElement; input: HTMLInputElement }): ReactElement {
  const said = words(root);
  const on = useOn(root);
  const fields = useFields(root.dataset.fields ?? "", on);
  const [condition, setCondition] = useState<unknown>(() => (input.value ? JSON.parse(input.value) : null));
  const [start] = useState(condition);
  const [found, setFound] = useState<{ sentence?: string; fits?: string; problems: Problem[] }>({ problems: [] });
  useEffect(() => {
    const listen = (event: Event): void => setFound((before) => ({ ...before, problems: (event as CustomEvent<{ problems: Problem[] }>).detail.problems }));
    root.addEventListener("conditions:problems", listen);
    return () => root.removeEventListener("conditions:problems", listen);
  }, [root]);
  useEffect(() => {
    if (!root.dataset.check) return;
    let alive = true;
    const waiting = setTimeout(() => void post(root.dataset.check!, { condition, on }, said.failed!).then((answer) => alive && setFound(answer)), CHECK_AFTER_MS);
    return () => { alive = false; clearTimeout(waiting); };
  }, [condition, on]);
  const change = (next: unknown): void => {
    setCondition(next);
    input.value = next === null ? "" : JSON.stringify(next);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    root.dispatchEvent(new CustomEvent("conditions:change", { bubbles: true, detail: { condition: next } }));
  };
  if (!fields) return <p className="quiet">…</p>;
  const unplaced = found.problems.filter((one) => !one.place && one.text);
  return (
    <>
      <Conditions fields={fields} words={said} valuesUrl={about(root.dataset.values ?? "", on)} start={start} problems={found.problems} scope={root.dataset.scope === "line" ? "line" : "facts"} change={change} />
      <div aria-live="polite">
        {unplaced.length > 0 && condition === null && <p className="cond-problem">{unplaced.map((one) => one.text).join(" ")}</p>}
        {found.sentence && <p className="cond-sentence">{found.sentence}</p>}
        {found.fits && <p className="quiet">{found.fits}</p>}
      </div>
    </>
  );
}

export function mountConditions(): void {
  for (const root of document.querySelectorAll<HTMLElement>("[data-conditions]")) {
    const input = root.querySelector<HTMLInputElement>("input[type=hidden]");
    if (!input || root.dataset.mounted) continue;
    root.dataset.mounted = "1";
    const place = document.createElement("div");
    root.append(place);
    createRoot(place).render(<Mounted root={root} input={input} />);
  }
}
