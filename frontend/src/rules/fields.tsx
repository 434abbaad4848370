// The controls that the parts of a rule are made of. Each knows its place in the rule and shows what is wrong there.
import { createContext, useContext } from "react";
import type { ReactElement, ReactNode } from "react";
import { Combo, Tokens } from "../conditions/combo";
import type { Choice, Search } from "../conditions/combo";
import type { Field, Problem, Raw } from "../conditions/tree";
import type { Words } from "../conditions/values";

export type Named = [id: string, name: string];
/** What the page tells the island once. */
export type Setup = {
  rule: Raw | null; language: string; currency: string; member_day: boolean; second_day: string;
  types: Named[]; assets: Named[]; ladders: { id: string; name: string; levels: Named[] }[]; templates: Named[]; benefits: Named[]; campaigns: Named[];
  groups: string[]; holidays: Named[]; drafts: Named[]; draft: string; may_edit: boolean; channels: string[]; stores: string[];
};
export type Around = { setup: Setup; words: Words; problems: Problem[]; fields: Field[]; memberFields: Field[]; valuesUrl: (on: string) => string; on: string };
export const Surround = createContext<Around>(null as unknown as Around);
export const useAround = (): Around => useContext(Surround);
export type Put = (key: string, value: unknown) => void;

/** A part with one key set, or left out where `value` is undefined. */
export function having(part: Raw, key: string, value: unknown): Raw {
  const { [key]: _, ...rest } = part;
  if (value === undefined) return rest;
  return key in part ? { ...part, [key]: value } : { ...rest, [key]: value };
}

export function part(value: unknown): Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Raw) : {};
}

export function list<T = unknown>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

/** Nothing rather than an empty part. */
export function orNone(value: Raw): Raw | undefined {
  return Object.keys(value).length ? value : undefined;
}

export function Said({ place, deep = true }: { place: string; deep?: boolean }): ReactElement | null {
  const found = useAround().problems.filter((one) => one.place === place || (deep && one.place.startsWith(`${place}.`)));
  return found.length ? <span className="cond-problem" role="alert">{found.map((one) => <span key={one.place + one.text}>{one.text} </span>)}</span> : null;
}

export function Labelled({ label, place, children, wide = false, help }: { label: string; place: string; children: ReactNode; wide?: boolean; help?: string | undefined }): ReactElement {
  return <div className={`rule-field${wide ? " wide" : ""}`}><span className="rule-label">{label}</span>{children}{help && <span className="quiet rule-help">{help}</span>}<Said place={place} /></div>;
}

type Control = { label: string; place: string; value: unknown; help?: string | undefined; set: (value: unknown) => void };

export function shown(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

export function Line({ label, place, value, set, help, placeholder, wide, most = 200 }: Control & { placeholder?: string; wide?: boolean; most?: number }): ReactElement {
  return <Labelled label={label} place={place} wide={wide ?? false} help={help}><input className="form-control" aria-label={label} maxLength={most} placeholder={placeholder} value={shown(value)} onChange={(event) => set(event.target.value || undefined)} /></Labelled>;
}

/** `whole`: a number, as digits; `units`: decimals stay as they are written, so that no digit is lost; `factor`: a number. */
export type Kind = "whole" | "units" | "factor";

export function numeral(text: string, kind: Kind): unknown {
  const typed = text.trim();
  if (!typed) return undefined;
  if (/^-?\d{1,15}$/.test(typed)) return Number(typed);
  return kind === "factor" && /^\d*\.\d{1,6}$/.test(typed) && !typed.endsWith("0") ? Number(typed) : typed;
}

export function Num({ label, place, value, set, kind = "whole", unit = "", help, placeholder }: Control & { kind?: Kind; unit?: string; placeholder?: string }): ReactElement {
  const input = <input className="form-control" inputMode="decimal" aria-label={label} placeholder={placeholder} value={shown(value)} onChange={(event) => set(numeral(event.target.value, kind))} />;
  return <Labelled label={label} place={place} help={help}>{unit ? <span className="input-group flex-nowrap">{input}<span className="input-group-text">{unit}</span></span> : input}</Labelled>;
}

/** `none` is what stands for leaving it out; without it something must be chosen. */
export function Choose({ label, place, value, set, options, none, help, initial }: Control & { options: Named[]; none?: string | undefined; initial?: string }): ReactElement {
  const now = shown(value) || (initial ?? "");
  return (
    <Labelled label={label} place={place} help={help}>
      <select className="form-select" aria-label={label} value={now} onChange={(event) => set(event.target.value || undefined)}>
        {(none !== undefined || !now) && <option value="">{none ?? "—"}</option>}
        {now && !options.some(([id]) => id === now) && <option value={now}>{now}</option>}
        {options.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
      </select>
    </Labelled>
  );
}

export function Check({ label, value, set, place }: Control): ReactElement {
  return <label className="form-check rule-check"><input type="checkbox" className="form-check-input" checked={value === true} onChange={(event) => set(event.target.checked)} /><span className="form-check-label">{label}</span><Said place={place} /></label>;
}

/** A day, or a moment where a time is given too. What has an offset or seconds is shown as it is written. */
export function Moment({ label, place, value, set }: Control): ReactElement {
  const { words } = useAround();
  const text = shown(value);
  if (!/^(\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?)?$/.test(text)) return <Line label={label} place={place} value={value} set={set} />;
  const [day = "", hour = ""] = text.split("T");
  const put = (nextDay: string, nextHour: string): void => set(nextDay ? nextDay + (nextHour ? `T${nextHour}` : "") : undefined);
  return (
    <Labelled label={label} place={place}>
      <span className="rule-moment">
        <input className="form-control" type="date" aria-label={label} value={day} onChange={(event) => put(event.target.value, hour)} />
        {day && <input className="form-control" type="time" aria-label={`${label}: ${words.hour}`} value={hour} onChange={(event) => put(day, event.target.value)} />}
      </span>
    </Labelled>
  );
}

export function Several({ label, place, value, set, choices = [], search, strict, placeholder, kind, help }: Control & { choices?: Choice[]; search?: Search; strict?: boolean; placeholder?: string; kind?: Kind }): ReactElement {
  const { words } = useAround();
  const values = list(value).map(String);
  return (
    <Labelled label={label} place={place} help={help}>
      <Tokens
        values={values} label={label} choices={choices} search={search} strict={strict ?? false} none={words.nothing!} remove={words.remove!} placeholder={placeholder ?? words.several}
        named={(each) => choices.find((one) => one.value === each)?.label ?? each} mode={kind ? "decimal" : undefined}
        set={(next) => set(next.length ? next.map((each) => (kind ? numeral(each, kind) : each)) : undefined)}
      />
    </Labelled>
  );
}

export function Pick({ label, place, value, set, choices, strict }: Control & { choices: Choice[]; strict?: boolean }): ReactElement {
  const { words } = useAround();
  const name = choices.find((each) => each.value === value)?.label ?? shown(value);
  return <Labelled label={label} place={place}><Combo text={name} label={label} choices={choices} strict={strict ?? false} none={words.nothing!} pick={(next) => set(next || undefined)} /></Labelled>;
}

/** Days of the week or months, each a box to tick. */
export function Boxes({ label, place, value, set, names }: Control & { names: Named[] }): ReactElement {
  const on = new Set(list(value).map(String));
  const turn = (id: string): void => {
    const next = names.map(([each]) => each).filter((each) => (each === id ? !on.has(each) : on.has(each)));
    set(next.length ? next.map(Number) : undefined);
  };
  return (
    <Labelled label={label} place={place} wide>
      <span className="rule-boxes">{names.map(([id, name]) => <button key={id} type="button" aria-pressed={on.has(id)} className={`btn btn-sm${on.has(id) ? " btn-primary" : ""}`} onClick={() => turn(id)}>{name}</button>)}</span>
    </Labelled>
  );
}
