// Notices at the bottom: what went wrong with a request that htmx made in the background, in the reader's language.
export function startTray(): void {
  const tray = document.querySelector<HTMLElement>("[data-tray]");
  if (!tray) return;
  const show = (): void => {
    tray.hidden = false;
  };
  document.addEventListener("htmx:responseError", show);
  document.addEventListener("htmx:sendError", show);
  document.addEventListener("htmx:afterOnLoad", () => (tray.hidden = true));
  tray.querySelector("button")?.addEventListener("click", () => (tray.hidden = true));
}
