// A row with data-href opens on click, unless the click was on a control or selected some text. The row's own link
// serves the keyboard and "open in a new tab".
const LOG_ROWS = 300;

/** The event log: a button stops the polling, each answer says where to go on, and what scrolled far away is let go. */
function startLog(): void {
  const button = document.querySelector<HTMLElement>("[data-pause]");
  button?.addEventListener("click", () => {
    const paused = document.body.classList.toggle("paused");
    button.setAttribute("aria-pressed", String(paused));
  });
  document.addEventListener("logFollowed", (event) => {
    const log = document.querySelector<HTMLElement>("#log");
    if (log) log.dataset.since = (event as CustomEvent<{ since: string }>).detail.since;
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const row of [...(document.querySelector("#log")?.children ?? [])].slice(LOG_ROWS)) row.remove();
  });
}

/** Rows that can be ticked: one box ticks them all, and the bar below says how many are. */
function startTicks(): void {
  const told = document.querySelector<HTMLElement>("[data-ticked]");
  if (!told) return;
  const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("input[name=member][form]")];
  const count = (): void => {
    told.textContent = String(boxes().filter((box) => box.checked).length);
  };
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.dataset.tickAll !== undefined) for (const one of boxes()) one.checked = box.checked;
    if (box.closest(".tick")) count();
  });
  addEventListener("pageshow", count);
  count();
}

export function startRows(): void {
  startLog();
  startTicks();
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>("[data-href]");
    if (!row?.dataset.href || target.closest("a, button, input, select, label, summary")) return;
    if (getSelection()?.toString()) return;
    if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  });
}
