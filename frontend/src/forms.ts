// Filter forms send only what is filled in, so that the address stays readable; data-submit sends on change;
// data-frees empties other fields;
// data-picks chooses the radio button that a field belongs to; data-fill puts values into the form's fields (the demo's sign-in).
function trim(form: HTMLFormElement): void {
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input[name], select[name]")) {
    if (!field.value && !field.disabled) {
      field.disabled = true;
      setTimeout(() => (field.disabled = false));
    }
  }
}

function fill(button: HTMLElement): void {
  const values = JSON.parse(button.dataset.fill ?? "{}") as Record<string, string>;
  for (const [name, value] of Object.entries(values)) {
    const field = document.querySelector<HTMLInputElement>(`input[name="${name}"]`);
    if (field) field.value = value;
  }
}

// A field that speaks for others empties them: days of one's own and a period by name.
function free(field: HTMLElement): void {
  for (const name of (field.dataset.frees ?? "").split(" ").filter(Boolean)) {
    const other = field.closest("form")?.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${name}"]`);
    if (other && (field as HTMLInputElement).value) other.value = "";
  }
}

export function startEditing(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-fill]");
    if (button) fill(button);
    if ((event.target as Element).closest("[data-print]")) print();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.trim !== undefined) trim(form);
  });
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLElement;
    const picks = (field as HTMLInputElement).dataset.picks;
    if (picks) field.closest("form")?.querySelector<HTMLInputElement>(`[name="${picks}"][value="at"]`)?.click();
    free(field);
    if (field.dataset.submit !== undefined) field.closest("form")?.requestSubmit();
  });
}
