// What a rule does: its actions, in their order.
import { useMemo } from "react";
import type { ReactElement } from "react";
import type { Search } from "../conditions/combo";
import { Conditions, searcher } from "../conditions/editor";
import { Check, Choose, having, Line, list, Num, part, Said, Several, useAround } from "./fields";
import type { Named, Put } from "./fields";
import type { Raw } from "../conditions/tree";

const KINDS = ["credit", "debit", "tier", "tag", "message", "grant"] as const;
type Kind = (typeof KINDS)[number];
const NUMERIC = new Set(["integer", "number", "money"]);

type Props = { place: string; value: Raw; put: Put; set: (value: Raw) => void };

export function Actions({ value, set }: { value: unknown; set: (value: Raw[]) => void }): ReactElement {
  const { words } = useAround();
  const actions = list<Raw>(value).map(part);
  const replace = (at: number, ...next: Raw[]): void => set([...actions.slice(0, at), ...next, ...actions.slice(at + 1)]);
  const up = (at: number): void => set([...actions.slice(0, at - 1), actions[at]!, actions[at - 1]!, ...actions.slice(at + 1)]);
  return (
    <>
      <Said place="then" deep={false} />
      {actions.map((each, at) => (
        <div className="rule-box" key={at}>
          <Action place={`then.${at}`} value={each} set={(next) => replace(at, next)}
            tools={<>
              {at > 0 && <button type="button" className="btn btn-sm btn-ghost-secondary" aria-label={words.up} title={words.up} onClick={() => up(at)}>↑</button>}
              <button type="button" className="btn btn-sm btn-ghost-secondary" aria-label={words.remove} title={words.remove} onClick={() => replace(at)}>×</button>
            </>} />
        </div>
      ))}
      <button type="button" className="btn btn-sm" onClick={() => set([...actions, { credit: {} }])}>+ {words.add_action}</button>
    </>
  );
}

function useFresh(): (kind: Kind) => Raw {
  const { setup } = useAround();
  const first = (all: Named[]): string => all[0]?.[0] ?? "";
  const ladder = setup.ladders[0];
  return (kind) => ({
    credit: { asset: first(setup.assets), amount: 10 }, debit: { asset: first(setup.assets), amount: 10 }, tag: {}, message: { template: first(setup.templates) },
    tier: { ladder: ladder?.id ?? "", level: ladder?.levels[0]?.[0] ?? "" }, grant: { benefit: first(setup.benefits) },
  })[kind];
}

function Action({ place, value, set, tools }: { place: string; value: Raw; set: (value: Raw) => void; tools: ReactElement }): ReactElement {
  const { words } = useAround();
  const fresh = useFresh();
  const kind = KINDS.find((each) => each in value) ?? "credit";
  const inner = part(value[kind]);
  const put: Put = (key, one) => set({ ...value, [kind]: having(inner, key, one) });
  const whole = (next: Raw): void => set({ ...value, [kind]: next });
  const Parts = PARTS[kind];
  return (
    <>
      <div className="rule-box-head">
        <select className="form-select rule-kind" aria-label={words.action} value={kind} onChange={(event) => set({ [event.target.value]: fresh(event.target.value as Kind) })}>
          {KINDS.map((each) => <option key={each} value={each}>{words[`action_${each}`]}</option>)}
        </select>
        <span className="rule-tools">{tools}</span>
      </div>
      <Said place={place} deep={false} /><Said place={`${place}.${kind}`} deep={false} />
      <div className="rule-grid"><Parts place={`${place}.${kind}`} value={inner} put={put} set={whole} /></div>
    </>
  );
}

function Credit({ place, value, put, set }: Props): ReactElement {
  const { setup, words, fields } = useAround();
  const each = "for_each" in value;
  const counted: Named[] = fields.filter((one) => one.name.startsWith("event.") && NUMERIC.has(one.type)).map((one) => [one.name, one.label]);
  if (fields.some((one) => one.line)) counted.push(["items", words.lines!]);
  const turn = (mode: unknown): void => {
    const { amount: _a, for_each: _f, step: _s, of: _o, where: _w, ...rest } = value;
    set(mode === "each" ? { ...rest, for_each: 1, of: counted[0]?.[0] ?? "event.total" } : { ...rest, amount: 10 });
  };
  return (
    <>
      <Choose label={words.asset!} place={`${place}.asset`} value={value.asset} options={setup.assets} set={(next) => put("asset", next ?? "")} />
      <Choose label={words.counted!} place={`${place}.mode`} value={each ? "each" : "fixed"} options={[["fixed", words.fixed!], ["each", words.each!]]} set={turn} />
      {!each && <Num label={words.amount!} place={`${place}.amount`} kind="units" value={value.amount} set={(next) => put("amount", next ?? "")} />}
      {each && <Num label={words.for_each!} place={`${place}.for_each`} kind="factor" value={value.for_each} set={(next) => put("for_each", next ?? "")} />}
      {each && <Num label={words.step!} place={`${place}.step`} kind="factor" placeholder="1" value={value.step} set={(next) => put("step", next)} />}
      {each && <Choose label={words.of!} place={`${place}.of`} value={value.of} initial="event.total" options={counted} set={(next) => put("of", next)} />}
      {each && value.of === "items" && <div className="rule-field wide"><span className="rule-label">{words.only_lines}</span><Where place={`${place}.where`} value={value.where} set={(next) => put("where", next ?? undefined)} /></div>}
      <Num label={words.multiplier!} place={`${place}.multiplier`} kind="factor" placeholder="1" value={value.multiplier} set={(next) => put("multiplier", next)} />
      <Choose label={words.rounding!} place={`${place}.rounding`} value={value.rounding} none={words.rounding_down} options={[["half_up", words.rounding_half!], ["up", words.rounding_up!]].concat(value.rounding === "down" ? [["down", words.rounding_down!]] : []) as Named[]} set={(next) => put("rounding", next)} />
      <Num label={words.cap!} place={`${place}.cap`} kind="units" value={value.cap} set={(next) => put("cap", next)} />
    </>
  );
}

function Where({ place, value, set }: { place: string; value: unknown; set: (condition: unknown) => void }): ReactElement {
  const { fields, words, valuesUrl, on, problems } = useAround();
  return <Conditions key={on} scope="line" fields={fields} words={words} valuesUrl={valuesUrl(on)} start={value} problems={within(problems, place)} change={set} />;
}

/** The problems of a part, with places within it. */
export function within(problems: { place: string; text: string }[], place: string): { place: string; text: string }[] {
  return problems.filter((one) => one.place === place || one.place.startsWith(`${place}.`)).map((one) => ({ ...one, place: one.place.slice(place.length + 1) }));
}

function Debit({ place, value, put }: Props): ReactElement {
  const { setup, words } = useAround();
  return (
    <>
      <Choose label={words.asset!} place={`${place}.asset`} value={value.asset} options={setup.assets} set={(next) => put("asset", next ?? "")} />
      <Num label={words.amount!} place={`${place}.amount`} kind="units" value={value.amount} set={(next) => put("amount", next ?? "")} />
      <Short place={`${place}.when_short`} label={words.when_balance_short!} value={value.when_short} usual="skip" put={put} />
    </>
  );
}

/** What happens where less is there than is asked for. */
export function Short({ place, label, value, usual, put }: { place: string; label: string; value: unknown; usual: "skip" | "partial"; put: Put }): ReactElement {
  const { words } = useAround();
  const options: Named[] = [["skip", words.short_skip!], ["partial", words.short_partial!]];
  return <Choose label={label} place={place} value={value} initial={usual} options={options} set={(next) => put("when_short", next)} />;
}

function Tier({ place, value, put, set }: Props): ReactElement {
  const { setup, words } = useAround();
  const ladder = setup.ladders.find((each) => each.id === value.ladder);
  const chosen = (id: unknown): void => set({ ...value, ladder: id ?? "", level: setup.ladders.find((each) => each.id === id)?.levels[0]?.[0] ?? "" });
  return (
    <>
      <Choose label={words.ladder!} place={`${place}.ladder`} value={value.ladder} options={setup.ladders.map((each) => [each.id, each.name])} set={chosen} />
      <Choose label={words.level!} place={`${place}.level`} value={value.level} options={ladder?.levels ?? []} set={(next) => put("level", next ?? "")} />
      <Check label={words.up_only!} place={`${place}.up_only`} value={value.up_only ?? true} set={(on) => put("up_only", on ? undefined : false)} />
    </>
  );
}

function Tag({ place, value, put }: Props): ReactElement {
  const search = useTags();
  const { words } = useAround();
  return (
    <>
      <Several label={words.tag_add!} place={`${place}.add`} value={value.add} search={search} set={(next) => put("add", next)} />
      <Several label={words.tag_remove!} place={`${place}.remove`} value={value.remove} search={search} set={(next) => put("remove", next)} />
    </>
  );
}

/** Tags that members have, by what is typed. */
export function useTags(): Search {
  const { valuesUrl } = useAround();
  const url = valuesUrl("member");
  return useMemo(() => searcher(url)("tags"), [url]);
}

function Message({ place, value, put }: Props): ReactElement {
  const { setup, words } = useAround();
  return <Choose label={words.template!} place={`${place}.template`} value={value.template} options={setup.templates} set={(next) => put("template", next ?? "")} />;
}

function Grant({ place, value, put }: Props): ReactElement {
  const { setup, words } = useAround();
  return setup.benefits.length ? <Choose label={words.benefit!} place={`${place}.benefit`} value={value.benefit} options={setup.benefits} set={(next) => put("benefit", next ?? "")} /> : <Line label={words.benefit!} place={`${place}.benefit`} value={value.benefit} set={(next) => put("benefit", next ?? "")} />;
}

const PARTS: Record<Kind, (props: Props) => ReactElement> = { credit: Credit, debit: Debit, tier: Tier, tag: Tag, message: Message, grant: Grant };
