// The rule builder: the same tree of conditions as in YAML and over the API, edited as nested fieldsets of ordinary
// form controls, so that keyboard, screen reader and phone work as they do anywhere. What the rule says, whom it fits
// and what it would do comes from the server.
type Op = [id: string, label: string, wants: "nothing" | "one" | "pair" | "many" | "days" | "step"];
type Field = {
  name: string; label: string; type: string; group: string; line: boolean; ops: Op[];
  choices: [string | number, string][]; known: [string | number, string][]; windows: boolean;
};
type Leaf = { field: string; op: string; value?: unknown; window?: { days?: number; months?: number } };
type Node = Leaf | { all: Node[] } | { any: Node[] } | { none: Node[] } | { items: string; where: Leaf };
type Words = Record<string, string>;

const CHECK_AFTER_MS = 350;
const QUANTIFIERS = ["all", "any", "none"] as const;
const NUMERIC = new Set(["integer", "number", "money"]);

function read<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null") as T;
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function children(node: Node): [string, Node[]] | null {
  for (const each of QUANTIFIERS) if (each in node) return [each, (node as Record<string, Node[]>)[each] ?? []];
  return null;
}

class Builder {
  private fields: Field[] = [];
  private readonly words = read<Words>("rule-words");
  private waiting = 0;
  private asked = 0;
  private lists = 0;

  constructor(private readonly root: HTMLElement) {}

  async start(): Promise<void> {
    const given = read<Record<string, any> | null>("rule-start");
    if (given) this.fill(given);
    await this.offer();
    this.draw(given?.when ?? { all: [] });
    this.root.addEventListener("input", () => this.changed());
    this.part("on").addEventListener("change", () => void this.offer().then(() => (this.draw({ all: [] }), this.changed())));
    this.root.querySelector("[data-try-out]")?.addEventListener("click", () => void this.tryOut());
    this.root.querySelector("[data-keep-it]")?.addEventListener("click", () => void this.keep());
    this.changed();
  }

  private part(name: string): HTMLInputElement {
    return this.root.querySelector<HTMLInputElement>(`[data-part="${name}"]`)!;
  }

  private fill(rule: Record<string, any>): void {
    const set = (name: string, value: unknown): void => {
      if (value !== undefined && value !== null) this.part(name).value = String(value);
    };
    const name = rule.name;
    set("name", typeof name === "string" ? name : (name?.[document.documentElement.lang] ?? Object.values(name ?? {})[0]));
    set("id", rule.id); set("on", rule.on); set("cron", rule.schedule?.cron);
    const then = (rule.then ?? []) as Record<string, any>[];
    const credit = then.find((one) => one.credit)?.credit;
    if (credit) { set("asset", credit.asset); set("amount", credit.amount ?? credit.for_each); set("mode", credit.amount ? "fixed" : "each"); }
    set("tag", then.find((one) => one.tag)?.tag.add?.[0]); set("message", then.find((one) => one.message)?.message.template);
    set("from", rule.from); set("until", rule.until); set("priority", rule.priority);
    set("group", rule.group?.id); set("pick", rule.group?.pick); set("test", rule.test?.tag);
    set("days", rule.windows?.[0]?.days?.join(", ")); set("hours", rule.windows?.[0]?.hours?.join(", "));
    set("times", rule.limit?.times); set("per", rule.limit?.per); set("budget", rule.budget?.units);
    this.root.dataset.given = JSON.stringify(rule);
  }

  private async offer(): Promise<void> {
    const on = this.part("on").value;
    const answer = await fetch(`${this.root.dataset.fields}?on=${encodeURIComponent(on)}`);
    this.fields = answer.ok ? ((await answer.json()) as { fields: Field[] }).fields : [];
    for (const each of this.root.querySelectorAll<HTMLElement>("[data-only]")) each.hidden = each.dataset.only !== on;
  }

  private draw(tree: Node): void {
    const holder = this.root.querySelector<HTMLElement>("[data-tree]")!;
    const top = children(tree) ? tree : ({ all: [tree] } as Node);
    holder.replaceChildren(this.group(top, true));
  }

  private group(node: Node, top = false): HTMLElement {
    const [quantifier, nodes] = children(node)!;
    const box = make("fieldset", "rule-group");
    const head = make("div", "rule-row");
    const choose = make("select", "form-select");
    choose.dataset.quantifier = "";
    for (const each of QUANTIFIERS) choose.add(new Option(this.words[each], each, false, each === quantifier));
    head.append(choose);
    if (!top) head.append(this.remover(box));
    const list = make("div", "rule-list");
    for (const each of nodes) list.append(children(each) ? this.group(each) : this.leaf(each));
    const more = make("div", "rule-row");
    const add = make("button", "btn btn-sm", this.words.add);
    const nest = make("button", "btn btn-sm", this.words.group);
    add.type = nest.type = "button";
    add.addEventListener("click", () => {
      const one = this.leaf({ field: this.fields[0]?.name ?? "", op: "" });
      list.append(one);
      one.querySelector("select")?.focus();
      this.changed();
    });
    nest.addEventListener("click", () => { list.append(this.group({ any: [] })); this.changed(); });
    more.append(add, nest);
    box.append(head, list, more);
    return box;
  }

  private remover(box: HTMLElement): HTMLButtonElement {
    const button = make("button", "btn btn-sm btn-ghost", "×");
    button.type = "button";
    button.setAttribute("aria-label", this.words.remove ?? "");
    button.addEventListener("click", () => { box.remove(); this.changed(); });
    return button;
  }

  private leaf(node: Node): HTMLElement {
    const lines = "items" in node;
    const leaf = (lines ? (node as { where: Leaf }).where : node) as Leaf;
    const row = make("div", "rule-row rule-leaf");
    // What this form has no controls for (several questions about one line, say) is kept as it is.
    if (lines && !("field" in leaf)) {
      row.dataset.raw = JSON.stringify(node);
      row.append(make("code", "", JSON.stringify(node)), this.remover(row));
      return row;
    }
    if (lines) row.dataset.items = (node as { items: string }).items;
    const field = make("select", "form-select");
    field.dataset.field = "";
    let group: HTMLOptGroupElement | null = null;
    for (const each of this.fields) {
      if (group?.label !== each.group) { group = make("optgroup"); group.label = each.group; field.append(group); }
      group.append(new Option(each.label, each.name, false, each.name === leaf.field));
    }
    const rest = make("span", "rule-rest");
    const refresh = (given: Leaf): void => this.operators(rest, field.value, given);
    field.addEventListener("change", () => refresh({ field: field.value, op: "" }));
    row.append(field, rest, this.remover(row));
    refresh(leaf);
    return row;
  }

  private operators(rest: HTMLElement, name: string, given: Leaf): void {
    const known = this.fields.find((each) => each.name === name);
    if (!known) return;
    const op = make("select", "form-select");
    op.dataset.op = "";
    for (const [id, label] of known.ops) op.add(new Option(label, id, false, id === given.op));
    const value = make("span", "rule-value");
    const show = (): void => this.value(value, known, op.value, given.op === op.value ? given.value : undefined);
    op.addEventListener("change", show);
    rest.replaceChildren(op, value);
    if (known.windows) {
      const days = make("input", "form-control rule-days");
      days.inputMode = "numeric";
      days.dataset.window = "";
      if (given.window?.months) days.dataset.months = String(given.window.months);
      days.value = given.window?.days ? String(given.window.days) : "";
      days.placeholder = this.words.days ?? "";
      days.title = this.words.always ?? "";
      rest.append(days);
    }
    show();
  }

  private value(holder: HTMLElement, field: Field, op: string, given: unknown): void {
    const wants = field.ops.find(([id]) => id === op)?.[2] ?? "one";
    holder.replaceChildren();
    holder.dataset.wants = wants;
    holder.dataset.type = field.type;
    if (wants === "nothing") return;
    const values = Array.isArray(given) ? given : given === undefined ? [] : [given];
    const count = wants === "pair" ? 2 : 1;
    for (let at = 0; at < count; at += 1) {
      if (at) holder.append(make("span", "quiet", this.words.and));
      const initial = wants === "many" ? values.join(", ") : values[at];
      holder.append(this.control(field, wants, initial));
    }
  }

  private control(field: Field, wants: string, initial: unknown): HTMLElement {
    const choices: [string | number, string][] = field.type === "boolean" ? [["true", this.words.yes ?? ""], ["false", this.words.no ?? ""]] : field.choices;
    if (choices.length && wants !== "days" && wants !== "step") {
      const select = make("select", "form-select");
      select.multiple = wants === "many";
      const chosen = new Set(String(initial ?? "").split(", "));
      for (const [value, label] of choices) select.add(new Option(label, String(value), false, chosen.has(String(value))));
      select.dataset.value = "";
      return select;
    }
    const input = make("input", "form-control");
    input.dataset.value = "";
    input.value = initial === undefined ? "" : String(initial);
    if (wants === "many") input.placeholder = this.words.several ?? "";
    if (NUMERIC.has(field.type) || wants === "days") input.inputMode = "decimal";
    else if ((field.type === "date" || field.type === "time") && wants !== "many") input.type = "date";
    else this.complete(input, field);
    return input;
  }

  private complete(input: HTMLInputElement, field: Field): void {
    const list = make("datalist");
    list.id = `values-${(this.lists += 1)}`;
    for (const [value, label] of field.known) list.append(new Option(label, String(value)));
    input.setAttribute("list", list.id);
    this.root.append(list);
    let waiting = 0;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = window.setTimeout(async () => {
        const last = input.value.split(",").pop()?.trim() ?? "";
        const answer = await fetch(`${this.root.dataset.values}?field=${encodeURIComponent(field.name)}&q=${encodeURIComponent(last)}`);
        if (!answer.ok) return;
        const { values } = (await answer.json()) as { values: string[] };
        if (values.length) list.replaceChildren(...values.map((each) => new Option(each, each)));
      }, CHECK_AFTER_MS);
    });
  }

  private typed(text: string, type: string): unknown {
    if (type === "boolean") return text === "true";
    const number = Number(text);
    return NUMERIC.has(type) && text.trim() && Number.isFinite(number) ? number : text.trim();
  }

  private leafOf(row: HTMLElement): Node | null {
    if (row.dataset.raw) return JSON.parse(row.dataset.raw) as Node;
    const field = row.querySelector<HTMLSelectElement>("[data-field]")?.value ?? "";
    const holder = row.querySelector<HTMLElement>(".rule-value");
    const leaf: Leaf = { field, op: row.querySelector<HTMLSelectElement>("[data-op]")?.value ?? "" };
    const controls = [...row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-value]")];
    const wants = holder?.dataset.wants ?? "one";
    const type = wants === "days" ? "integer" : (holder?.dataset.type ?? "text");
    if (wants === "many") {
      const one = controls[0];
      const texts = one instanceof HTMLSelectElement ? [...one.selectedOptions].map((each) => each.value) : (one?.value ?? "").split(/[,，、]/);
      leaf.value = texts.map((each) => each.trim()).filter(Boolean).map((each) => this.typed(each, type));
    } else if (wants === "pair") leaf.value = controls.map((each) => this.typed(each.value, type));
    else if (wants !== "nothing") leaf.value = this.typed(controls[0]?.value ?? "", type);
    const window_ = row.querySelector<HTMLInputElement>("[data-window]");
    if (window_?.value) leaf.window = { days: Number(window_.value) };
    else if (window_?.dataset.months) leaf.window = { months: Number(window_.dataset.months) };
    const line = this.fields.find((each) => each.name === field)?.line;
    return line ? { items: row.dataset.items ?? "any", where: leaf } : leaf;
  }

  private treeOf(box: HTMLElement): Node | null {
    const quantifier = box.querySelector<HTMLSelectElement>(":scope > .rule-row > [data-quantifier]")!.value;
    const nodes = [...box.querySelectorAll<HTMLElement>(":scope > .rule-list > *")]
      .map((each) => (each.matches("fieldset") ? this.treeOf(each) : this.leafOf(each)))
      .filter((each): each is Node => each !== null);
    return nodes.length ? ({ [quantifier]: nodes } as Node) : null;
  }

  private rule(): Record<string, unknown> {
    const get = (name: string): string => this.part(name).value.trim();
    const number = (name: string): number => Number(get(name));
    const given = JSON.parse(this.root.dataset.given ?? "{}") as Record<string, any>;
    const rule: Record<string, unknown> = { ...given, id: get("id"), name: get("name"), on: get("on") };
    if (given.name && typeof given.name === "object") rule.name = Object.values(given.name).includes(get("name")) ? given.name : get("name");
    const put = (name: string, value: unknown, there: boolean): void => { if (there) rule[name] = value; else delete rule[name]; };
    const when = this.treeOf(this.root.querySelector<HTMLElement>("[data-tree] > fieldset")!);
    put("when", when, when !== null);
    const scheduled = get("on") === "schedule";
    put("schedule", get("cron") ? { cron: get("cron") } : given.schedule, scheduled && Boolean(get("cron") || given.schedule));
    rule.then = this.actions(given);
    for (const name of ["from", "until"]) put(name, get(name), Boolean(get(name)));
    const days = get("days").split(/[,，、]/).map((each) => each.trim()).filter(Boolean).map(Number);
    const hours = get("hours").split(/[,，、]/).map((each) => each.trim()).filter(Boolean);
    const first = { ...(given.windows?.[0] ?? {}) } as Record<string, unknown>;
    if (days.length) first.days = days; else delete first.days;
    if (hours.length) first.hours = hours; else delete first.hours;
    const windows = [...(Object.keys(first).length ? [first] : []), ...(given.windows ?? []).slice(1)];
    put("windows", windows, windows.length > 0);
    put("limit", { ...given.limit, per: get("per"), times: number("times") }, Boolean(get("times")));
    if (!get("times") && given.limit) { const { times: _, ...rest } = given.limit; put("limit", rest, "units" in rest || "money" in rest); }
    put("budget", { ...given.budget, units: number("budget") }, Boolean(get("budget")));
    if (!get("budget") && given.budget?.money) rule.budget = given.budget;
    put("priority", number("priority"), Boolean(get("priority")));
    put("group", { id: get("group"), pick: get("pick") }, Boolean(get("group")));
    const { tag: _tag, ...test } = (given.test ?? {}) as Record<string, unknown>;
    put("test", get("test") ? { ...test, tag: get("test") } : test, Boolean(get("test")) || Object.keys(test).length > 0);
    return rule;
  }

  private actions(given: Record<string, any>): unknown[] {
    const get = (name: string): string => this.part(name).value.trim();
    const before = (given.then ?? []) as Record<string, any>[];
    const used = new Set<number>();
    const old = (kind: string): any => { const at = before.findIndex((one) => one[kind]); if (at >= 0) used.add(at); return at >= 0 ? before[at]![kind] : {}; };
    const actions: unknown[] = [];
    const credit = old("credit"), tag = old("tag"), message = old("message");
    if (get("asset")) {
      const { amount: _a, for_each: _f, of, ...rest } = credit;
      const how = get("mode") === "fixed" ? { amount: Number(get("amount")) } : { for_each: Number(get("amount")), of: of ?? "event.total" };
      actions.push({ credit: { ...rest, asset: get("asset"), ...how } });
    }
    if (get("tag")) actions.push({ tag: { ...tag, add: [get("tag"), ...(tag.add ?? []).slice(1)] } });
    else if (tag.remove?.length) actions.push({ tag: { remove: tag.remove } });
    if (get("message")) actions.push({ message: { ...message, template: get("message") } });
    return [...actions, ...before.filter((_, at) => !used.has(at))];
  }

  private async post(url: string | undefined, body: unknown): Promise<Record<string, any> | null> {
    const token = this.root.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    try {
      const answer = await fetch(url ?? "", { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });
      return (await answer.json()) as Record<string, any>;
    } catch {
      return { problems: [{ place: "", text: this.words.failed }] };
    }
  }

  private changed(): void {
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => void this.check(), CHECK_AFTER_MS);
  }

  private async check(): Promise<void> {
    const mine = (this.asked += 1);
    const found = await this.post(this.root.dataset.check, { rule: this.rule() });
    if (mine !== this.asked || !found) return;
    this.say("[data-sentence]", found.sentence ?? "");
    this.say("[data-fits]", found.fits ?? "");
    this.problems(found.problems ?? []);
  }

  private say(where: string, text: string): void {
    const node = this.root.querySelector<HTMLElement>(where);
    if (node) node.textContent = text;
  }

  private problems(found: { place: string; text: string }[]): void {
    const list = this.root.querySelector<HTMLElement>("[data-problems]")!;
    list.replaceChildren(...found.map((one) => make("li", "", one.place ? `${one.place}: ${one.text}` : one.text)));
  }

  private async tryOut(): Promise<void> {
    const member = this.root.querySelector<HTMLInputElement>("[data-member]")?.value ?? "";
    const found = await this.post(this.root.dataset.try, { rule: this.rule(), member });
    const holder = this.root.querySelector<HTMLElement>("[data-tried]")!;
    if (!found) return;
    if (found.problems) this.problems(found.problems);
    const parts = ((found.parts ?? []) as { text: string; held: boolean; seen: string | null }[]).map((one) =>
      make("li", one.held ? "" : "quiet", `${one.held ? "✓" : "✗"} ${one.text}${one.seen === null ? "" : ` · ${one.seen}`}`));
    const gives = ((found.effects ?? []) as string[]).map((one) => make("li", "", one));
    const list = make("ul", "rule-tried");
    list.append(...parts, ...gives);
    holder.replaceChildren(make("p", "", found.told ?? ""), list);
  }

  private async keep(): Promise<void> {
    const draft = this.root.querySelector<HTMLSelectElement>("[data-draft]")?.value ?? "";
    const found = await this.post(this.root.dataset.keep, { rule: this.rule(), draft });
    if (found?.goto) location.assign(found.goto as string);
    else this.problems(found?.problems ?? []);
  }
}

export function build(root: HTMLElement): void {
  void new Builder(root).start();
}
