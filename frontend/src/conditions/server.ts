// Asking the server something that needs a body; the token is the page's.
import type { Problem } from "./tree";

export type Answer = { problems: Problem[] } & Record<string, any>;

/** What it answers; `failed` as a problem where it does not. */
export async function post(url: string, body: unknown, failed: string): Promise<Answer> {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  try {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });
    return { problems: [], ...((await answer.json()) as Record<string, unknown>) };
  } catch {
    return { problems: [{ place: "", text: failed }] };
  }
}
