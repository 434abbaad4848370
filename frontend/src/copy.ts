// A button with data-copy puts that text (or, with data-copy-from, an element's text) on the clipboard.
async function put(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  return undefined;
}

export function startCopying(): void {
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy], [data-copy-from]");
    if (!button) return;
    const from = button.dataset.copyFrom ? document.querySelector(button.dataset.copyFrom) : null;
    await put(from?.textContent ?? button.dataset.copy ?? "");
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
  });
}
