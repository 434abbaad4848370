// A field of text with suggestions under it, by mouse, finger or keyboard (the combobox pattern of ARIA 1.2).
import { useEffect, useId, useRef, useState } from "react";
import type { KeyboardEvent, ReactElement } from "react";

export type Choice = { value: string; label: string; group?: string };
/** Choices for what is typed. */
export type Search = (text: string) => Promise<Choice[]>;

const ASK_AFTER_MS = 200;
const MOST_SHOWN = 200;

type Props = {
  text: string; label: string; choices: Choice[]; search?: Search | undefined; placeholder?: string | undefined;
  /** Only what is offered can be taken. */
  strict?: boolean; focus?: boolean; clears?: boolean; invalid?: boolean; mode?: "decimal" | undefined;
  none: string; pick: (value: string) => void; back?: () => void;
};

function fitting(choices: Choice[], text: string): Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter((each) => words.every((word) => `${each.label} ${each.value} ${each.group ?? ""}`.toLowerCase().includes(word)));
}

function useFound(props: Props, typed: string | null, open: boolean): Choice[] {
  const [found, setFound] = useState<Choice[]>([]);
  const { search } = props;
  useEffect(() => {
    if (!open || !search) return;
    let alive = true;
    const waiting = setTimeout(() => void search(typed ?? "").then((choices) => alive && setFound(choices)), ASK_AFTER_MS);
    return () => { alive = false; clearTimeout(waiting); };
  }, [typed, open, search]);
  const local = typed === null ? props.choices : fitting(props.choices, typed);
  const seen = new Set(local.map((each) => each.value));
  return [...local, ...(search ? found.filter((each) => !seen.has(each.value)) : [])].slice(0, MOST_SHOWN);
}

export function Combo(props: Props): ReactElement {
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const found = useFound(props, typed, open);
  useEffect(() => {
    if (props.focus) input.current?.focus();
  }, []);
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at, list]);

  const close = (): void => { setOpen(false); setTyped(null); setAt(-1); };
  const take = (value: string): void => { props.pick(value); close(); if (props.clears && input.current) input.current.value = ""; };
  const leave = (): void => {
    if (typed !== null && !props.strict && (typed.trim() || !props.clears)) props.pick(typed.trim());
    close();
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setOpen(true);
      setAt((before) => Math.min(Math.max(before + step, 0), found.length - 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const one = found[at] ?? (props.strict ? found[0] : undefined);
      if (open && one) take(one.value);
      else leave();
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      close();
    } else if ((event.key === "," || event.key === "，" || event.key === "、") && props.clears) {
      event.preventDefault();
      leave();
    } else if (event.key === "Backspace" && !typed) props.back?.();
  };
  return (
    <span className="combo">
      <input
        ref={input} className={`form-control${props.invalid ? " is-invalid" : ""}`} role="combobox" aria-expanded={open} aria-controls={list}
        aria-autocomplete="list" aria-label={props.label} autoComplete="off" inputMode={props.mode}
        aria-activedescendant={open && at >= 0 ? `${list}-${at}` : undefined} placeholder={props.placeholder} title={typed ?? props.text}
        value={typed ?? props.text} onChange={(event) => { setTyped(event.target.value); setOpen(true); setAt(props.strict ? 0 : -1); }}
        onFocus={(event) => { event.target.select(); setOpen(true); }} onClick={() => setOpen(true)} onBlur={leave} onKeyDown={press}
      />
      <ul className="combo-list" role="listbox" id={list} hidden={!open || (!found.length && !props.strict)}>
        {!found.length && <li className="combo-group">{props.none}</li>}
        {found.map((each, index) => [
          each.group && each.group !== found[index - 1]?.group && <li key={`g-${index}`} className="combo-group" role="presentation">{each.group}</li>,
          <li
            key={each.value} id={`${list}-${index}`} role="option" aria-selected={index === at} className={index === at ? "on" : ""}
            onMouseDown={(event) => { event.preventDefault(); take(each.value); }}
          >{each.label}</li>,
        ])}
      </ul>
    </span>
  );
}

type TokensProps = Omit<Props, "text" | "pick" | "clears"> & { values: string[]; named: (value: string) => string; remove: string; set: (values: string[]) => void };

/** Several values, each with a cross. */
export function Tokens({ values, named, remove, set, ...rest }: TokensProps): ReactElement {
  const left = rest.choices.filter((each) => !values.includes(each.value));
  return (
    <span className="tokens">
      {values.map((each) => (
        <span className="token" key={each}>
          {named(each)}
          <button type="button" aria-label={`${remove} ${named(each)}`} onClick={() => set(values.filter((one) => one !== each))}>×</button>
        </span>
      ))}
      <Combo {...rest} choices={left} text="" clears back={() => set(values.slice(0, -1))} pick={(value) => value && !values.includes(value) && set([...values, value])} />
    </span>
  );
}
