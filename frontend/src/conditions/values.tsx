// What stands beside an operator: a control for every shape of value that conditions can have.
import { createContext, useContext } from "react";
import type { ReactElement } from "react";
import type { ValueEditorProps } from "react-querybuilder";
import { Combo, Tokens } from "./combo";
import type { Choice, Search } from "./combo";
import type { Cell, Field, Wants, Window } from "./tree";

export type Words = Record<string, string>;
/** What every control of an editor can look at. */
export type Surroundings = { fields: Map<string, Field>; words: Words; search: (field: string) => Search; problems: Map<string, string[]> };

/** react-querybuilder hands its own `context` to no questions within questions; React's reaches all. */
export const Surrounded = createContext<Surroundings>(null as unknown as Surroundings);

const NUMERIC = new Set(["integer", "number", "money"]);
const WHOLE_DAYS = new Set(["eq", "ne", "in", "not_in"]);

type Control = { field: Field; op: string; words: Words; search: Search; value: unknown; set: (value: unknown) => void; label: string };

function shown(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

function choicesOf(field: Field, words: Words): Choice[] {
  if (field.type === "boolean") return [{ value: "true", label: words.yes! }, { value: "false", label: words.no! }];
  return [...field.choices, ...field.known].map(([value, label]) => ({ value: String(value), label }));
}

/** One value: chosen from a list, a number, a day, or a text that is completed. */
function One(control: Control): ReactElement {
  const { field, words, value, set, label } = control;
  if (field.type === "boolean" || field.choices.length) {
    const choices = choicesOf(field, words);
    const known = choices.some((each) => each.value === shown(value));
    return (
      <select className="form-select" aria-label={label} value={shown(value)} onChange={(event) => set(typedChoice(field, event.target.value))}>
        {!known && <option value={shown(value)}>{shown(value) || words.choose}</option>}
        {choices.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}
      </select>
    );
  }
  if (NUMERIC.has(field.type)) return <Amount label={label} unit={field.unit} value={value} set={set} />;
  if (field.type === "date" || field.type === "time") return <Day {...control} />;
  const name = choicesOf(field, words).find((each) => each.value === shown(value))?.label;
  return <Combo text={name ?? shown(value)} label={label} choices={choicesOf(field, words)} search={control.search} none={words.nothing!} placeholder={words.value} pick={set} />;
}

/** A choice in the type in which the server named it. */
function typedChoice(field: Field, value: string): unknown {
  return field.type === "boolean" ? value === "true" : (field.choices.find(([each]) => String(each) === value)?.[0] ?? value);
}

function Amount({ label, unit, value, set }: { label: string; unit: string; value: unknown; set: (value: string) => void }): ReactElement {
  const input = <input className="form-control cond-number" inputMode="decimal" aria-label={label} value={shown(value)} onChange={(event) => set(event.target.value)} />;
  return unit ? <span className="input-group cond-unit">{input}<span className="input-group-text">{unit}</span></span> : input;
}

/** A day; of a moment also its hour. One with an offset or seconds is shown as it is written. */
function Day({ field, op, words, value, set, label }: Control): ReactElement {
  const text = shown(value);
  const plain = /^(\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?)?$/.test(text);
  if (!plain) return <input className="form-control" aria-label={label} value={text} onChange={(event) => set(event.target.value)} />;
  const [day, hour] = text.split("T");
  const timed = field.type === "time" && !WHOLE_DAYS.has(op);
  return (
    <>
      <input className="form-control cond-date" type="date" aria-label={label} value={day} onChange={(event) => set(event.target.value + (hour && event.target.value ? `T${hour}` : ""))} />
      {timed && <input className="form-control cond-hour" type="time" aria-label={words.hour} value={hour ?? ""} onChange={(event) => set(day + (event.target.value ? `T${event.target.value}` : ""))} />}
    </>
  );
}

function Many({ field, words, value, set, search, label }: Control): ReactElement {
  const values = (Array.isArray(value) ? value : value === undefined || value === "" ? [] : [value]).map(String);
  const choices = choicesOf(field, words);
  const strict = field.choices.length > 0;
  return (
    <Tokens
      values={values} label={label} choices={choices} strict={strict} search={strict ? undefined : search} none={words.nothing!} remove={words.remove!}
      placeholder={words.several} named={(each) => choices.find((one) => one.value === each)?.label ?? each} mode={NUMERIC.has(field.type) && !strict ? "decimal" : undefined}
      set={(next) => set(next.map((each) => typedChoice(field, each)))}
    />
  );
}

function Shaped(control: Control & { wants: Wants }): ReactElement | null {
  const { wants, value, set, words, label } = control;
  if (wants === "nothing") return null;
  if (wants === "many") return <Many {...control} />;
  const both = Array.isArray(value) ? value : [value];
  if (wants === "days" || wants === "step") return <Amount label={label} unit={wants === "days" ? words.day_unit! : ""} value={both[0]} set={set} />;
  if (wants === "one") return <One {...control} value={both[0]} />;
  return (
    <>
      <One {...control} value={both[0]} set={(low) => set([low, both[1] ?? ""])} label={`${label} 1`} />
      <span className="quiet">{words.to}</span>
      <One {...control} value={both[1]} set={(high) => set([both[0] ?? "", high])} label={`${label} 2`} />
    </>
  );
}

const LENGTH = { days: 30, months: 12 } as const;

/** Over which time the field is counted. */
function Over({ window, words, set }: { window: Window | undefined; words: Words; set: (window: Window | undefined) => void }): ReactElement {
  const unit = window?.months !== undefined ? "months" : window ? "days" : "";
  const turn = (next: string): void => set(next === "" ? undefined : { [next]: LENGTH[next as "days" | "months"] });
  return (
    <span className="cond-over">
      <select className="form-select" aria-label={words.window} value={unit} onChange={(event) => turn(event.target.value)}>
        <option value="">{words.always}</option><option value="days">{words.days}</option><option value="months">{words.months}</option>
      </select>
      {unit && <input className="form-control cond-length" inputMode="numeric" aria-label={words.window} value={shown(window?.[unit])} onChange={(event) => set({ [unit]: event.target.value })} />}
    </span>
  );
}

export function ValueEditor(props: ValueEditorProps): ReactElement | null {
  const { fields, words, search } = useContext(Surrounded);
  const field = fields.get(props.field);
  const cell = (props.value ?? {}) as Cell;
  if (!field) return cell.is === undefined ? null : <code className="cond-kept">{JSON.stringify(cell.is)}</code>;
  const wants = field.ops.find(([op]) => op === props.operator)?.[2] ?? "one";
  return (
    <>
      <Shaped field={field} op={props.operator} wants={wants} words={words} search={search(field.name)} label={words.value!} value={cell.is} set={(is) => props.handleOnChange({ ...cell, is })} />
      {field.windows && <Over window={cell.window} words={words} set={(window) => props.handleOnChange({ ...cell, window })} />}
    </>
  );
}
