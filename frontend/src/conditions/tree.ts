// The tree of conditions as YAML and the API have it, and the same as react-querybuilder edits it. Reading and writing
// lose nothing: what this editor does not know stays as it is.
import type { RuleGroupType, RuleType } from "react-querybuilder";

export type Wants = "nothing" | "one" | "pair" | "many" | "days" | "step";
export type Op = [id: string, label: string, wants: Wants];
export type Field = {
  name: string; label: string; type: string; group: string; line: boolean; ops: Op[];
  choices: [string | number, string][]; known: [string | number, string][]; windows: boolean; unit: string;
};
export type Window = { days?: number | string; months?: number | string };
export type Raw = Record<string, unknown>;
/** What stands beside an operator; `is` as its author wrote it. */
export type Cell = { is?: unknown; window?: Window };
export type Problem = { place: string; text: string };

export const QUANTIFIERS = ["all", "any", "none"] as const;
/** The field that stands for “of the order's lines”: its value is a group of questions about one line. */
export const LINES = "@lines";
/** The field of a part that this editor can't show: it is kept as it is. */
export const KEPT = "@kept";
/** The field of a question whose field nobody has chosen yet. */
export const NONE = "~";
const NUMERIC = new Set(["integer", "number", "money"]);
const MODES: Record<string, "some" | "all" | "none"> = { any: "some", all: "all", none: "none" };
const FROM_MODE: Record<string, string> = { some: "any", all: "all", none: "none" };

let last = 0;
function id(): string {
  return `c${(last += 1)}`;
}

function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function quantifierOf(raw: Raw): string | undefined {
  return QUANTIFIERS.find((each) => Array.isArray(raw[each]) && Object.keys(raw).length === 1);
}

/** A condition, or none, as the group at the top of the editor. */
export function read(raw: unknown): RuleGroupType {
  if (isRaw(raw) && quantifierOf(raw)) return node(raw) as RuleGroupType;
  return { id: id(), combinator: "all", rules: raw === null || raw === undefined ? [] : [node(raw)] };
}

function node(raw: unknown): RuleGroupType | RuleType {
  if (isRaw(raw)) {
    const quantifier = quantifierOf(raw);
    if (quantifier) return { id: id(), combinator: quantifier, kept: true, rules: (raw[quantifier] as unknown[]).map(node) } as RuleGroupType;
    if ("items" in raw && "where" in raw && String(raw.items) in MODES)
      return { id: id(), field: LINES, operator: "=", match: { mode: MODES[String(raw.items)]! }, value: read(raw.where) };
    if (typeof raw.field === "string") {
      const cell: Cell = { is: raw.value, window: raw.window as Window | undefined };
      return { id: id(), field: raw.field, operator: String(raw.op ?? ""), value: cell };
    }
  }
  return { id: id(), field: KEPT, operator: "", value: { is: raw } };
}

/** A field of order lines that was chosen among the facts is asked of at least one line. */
export function lifted(group: RuleGroupType, fields: Map<string, Field>, operator: (field: string) => string): RuleGroupType {
  const each = (one: RuleType | RuleGroupType): RuleType | RuleGroupType => {
    if ("rules" in one) return lifted(one, fields, operator);
    if (!fields.get(one.field)?.line) return one;
    const asked: RuleType = { id: id(), field: one.field, operator: operator(one.field), value: {} };
    return { id: id(), field: LINES, operator: "=", match: { mode: "some" }, value: { id: id(), combinator: "all", rules: [asked] } };
  };
  return { ...group, rules: (group.rules as (RuleType | RuleGroupType)[]).map(each) };
}

export type Written = { condition: unknown; marks: Map<string, string> };

/** The condition that the editor holds (null: none), and which part of the editor stands at which place of it. */
export function write(group: RuleGroupType, fields: Map<string, Field>): Written {
  const marks = new Map<string, string>();
  if (!group.rules.length) return { condition: null, marks };
  return { condition: groupOf(group, fields, "", marks), marks };
}

function groupOf(group: RuleGroupType, fields: Map<string, Field>, place: string, marks: Map<string, string>): unknown {
  const only = group.rules.length === 1 && group.combinator !== "none" && !(group as { kept?: boolean }).kept;
  if (only) return part(group.rules[0] as RuleType, fields, place, marks);
  marks.set(place, group.id ?? "");
  const inner = `${place}${place ? "." : ""}${group.combinator}`;
  return { [group.combinator]: group.rules.map((each, at) => part(each as RuleType, fields, `${inner}.${at}`, marks)) };
}

function part(one: RuleType | RuleGroupType, fields: Map<string, Field>, place: string, marks: Map<string, string>): unknown {
  if ("rules" in one) return groupOf(one, fields, place, marks);
  marks.set(place, one.id ?? "");
  if (one.field === KEPT) return (one.value as Cell).is;
  if (one.field === LINES) {
    const where = isRaw(one.value) && "rules" in one.value ? (one.value as unknown as RuleGroupType) : null;
    const inner = where?.rules.length ? groupOf(where, fields, `${place}${place ? "." : ""}where`, marks) : null;
    return { items: FROM_MODE[one.match?.mode ?? "some"] ?? "any", where: inner };
  }
  return leaf(one, fields.get(one.field));
}

function leaf(one: RuleType, field: Field | undefined): Raw {
  const cell = isRaw(one.value) ? (one.value as Cell) : {};
  const raw: Raw = { field: one.field === NONE ? "" : one.field };
  if (cell.window && (!field || field.windows)) raw.window = windowOf(cell.window);
  raw.op = one.operator;
  const wants = field?.ops.find(([op]) => op === one.operator)?.[2];
  const value = wants ? shaped(cell.is, wants, field?.type ?? "text") : cell.is;
  if (value !== undefined && value !== "") raw.value = value;
  return raw;
}

function windowOf(window: Window): Raw {
  return Object.fromEntries(Object.entries(window).map(([unit, length]) => [unit, typed(length, "integer")]));
}

/** The value as the operator wants it: a list, a pair, one. */
export function shaped(value: unknown, wants: Wants, type: string): unknown {
  const many = Array.isArray(value) ? value : value === undefined || value === null || value === "" ? [] : [value];
  if (wants === "nothing") return undefined;
  if (wants === "many") return many.filter((each) => each !== "").map((each) => typed(each, type));
  if (wants === "pair") return [typed(many[0] ?? "", type), typed(many[1] ?? "", type)];
  return typed(many[0], wants === "days" || wants === "step" ? "integer" : type);
}

/** What was typed as the number or truth value it is; what is none is left for the server to name. */
function typed(value: unknown, type: string): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  const number = Number(text);
  return NUMERIC.has(type) && text && Number.isFinite(number) && String(number) === text.replace(/^(-?\d+)\.0+$/, "$1") ? number : text;
}

/** Problems by the part of the editor that they are about; of those that fit none under "". */
export function placed(problems: Problem[], marks: Map<string, string>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const one of problems) {
    let place = one.place;
    while (place && !marks.has(place)) place = place.includes(".") ? place.slice(0, place.lastIndexOf(".")) : "";
    const at = marks.get(place) ?? "";
    found.set(at, [...(found.get(at) ?? []), one.text]);
  }
  return found;
}
