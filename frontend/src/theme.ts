// Light, dark, or as the system says. The choice is the browser's own; base.html applies it before the first paint.
const KEY = "regulars-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function chosen(): string {
  return localStorage.getItem(KEY) ?? "auto";
}

function apply(): void {
  const choice = chosen();
  const dark = choice === "dark" || (choice === "auto" && system.matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
    const active = button.dataset.themeChoice === choice;
    button.setAttribute("aria-pressed", String(active));
    button.classList.toggle("active", active);
  }
  document.dispatchEvent(new Event("theme:changed"));
}

export function startTheme(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-theme-choice]");
    if (!button?.dataset.themeChoice) return;
    localStorage.setItem(KEY, button.dataset.themeChoice);
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}
