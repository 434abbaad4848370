// The editor of a programme's draft: line numbers, faults at their lines, saved on its own while one types.
const SAVE_AFTER_MS = 2500;
const LINE_PX = 20;
const PADDING_PX = 12;

function faultyLines(): Set<number> {
  const listed = document.getElementById("draft-looked")?.dataset.faults ?? "";
  return new Set(listed.split(" ").filter(Boolean).map(Number));
}

function number(field: HTMLTextAreaElement, gutter: HTMLElement): void {
  const faulty = faultyLines();
  const lines = field.value.split("\n").length;
  const cells = [];
  for (let line = 1; line <= lines; line += 1) {
    const cell = document.createElement("div");
    cell.textContent = String(line);
    if (faulty.has(line)) cell.className = "faulty";
    cells.push(cell);
  }
  gutter.replaceChildren(...cells);
  gutter.scrollTop = field.scrollTop;
}

function goTo(field: HTMLTextAreaElement, line: number): void {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  field.scrollTop = Math.max((line - 1) * LINE_PX + PADDING_PX - field.clientHeight / 3, 0);
  field.scrollLeft = 0;
}

function indent(field: HTMLTextAreaElement, event: KeyboardEvent): void {
  // Escape, then Tab, leaves the field, for those who use no mouse.
  if (event.key === "Escape") field.dataset.leaving = "1";
  else if (event.key !== "Tab") delete field.dataset.leaving;
  if (event.key !== "Tab" || event.shiftKey || field.dataset.leaving || field.readOnly) return;
  event.preventDefault();
  field.setRangeText("  ", field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function keep(field: HTMLTextAreaElement): void {
  const form = field.form;
  if (!form || field.readOnly) return;
  let waiting = 0;
  let saved = new FormData(form).get("name") + field.value;
  const changed = (): boolean => new FormData(form).get("name") + field.value !== saved;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      if (!changed()) return;
      saved = new FormData(form).get("name") + field.value;
      form.dispatchEvent(new Event("autosave"));
    }, SAVE_AFTER_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    saved = new FormData(form).get("name") + field.value;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed()) event.preventDefault();
  });
}

export function startDrafting(): void {
  const box = document.querySelector<HTMLElement>("[data-editor]");
  const field = box?.querySelector("textarea");
  const gutter = box?.querySelector<HTMLElement>(".yaml-gutter");
  if (!field || !gutter) return;
  number(field, gutter);
  keep(field);
  field.addEventListener("input", () => number(field, gutter));
  field.addEventListener("scroll", () => (gutter.scrollTop = field.scrollTop));
  field.addEventListener("keydown", (event) => indent(field, event));
  document.addEventListener("htmx:afterSettle", () => number(field, gutter));
  document.addEventListener("click", (event) => {
    const fault = (event.target as Element).closest<HTMLElement>("[data-line]");
    if (fault) goTo(field, Number(fault.dataset.line));
  });
}
