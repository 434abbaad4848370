// The editor of conditions: react-querybuilder with our controls, over the same tree as YAML and the API.
import { useContext, useEffect, useMemo, useRef, useState } from "react";
import type { ReactElement } from "react";
import { QueryBuilder, Rule, RuleGroup } from "react-querybuilder";
import type { ActionProps, FieldSelectorProps, MatchModeEditorProps, RuleGroupProps, RuleGroupType, RuleProps, ValueSelectorProps } from "react-querybuilder";
import { Combo } from "./combo";
import type { Choice, Search } from "./combo";
import { KEPT, lifted, LINES, NONE, placed, QUANTIFIERS, read, write } from "./tree";
import type { Cell, Field, Problem } from "./tree";
import { Surrounded, ValueEditor } from "./values";
import type { Surroundings, Words } from "./values";

const DEFAULT_OPERATORS = ["gte", "has", "within_days", "eq"];
const DEEPEST = 6;

type Props = {
  fields: Field[]; words: Words; valuesUrl: string; start: unknown; problems: Problem[];
  /** `line`: a condition on one order line, as in `where`. */
  scope?: "facts" | "line"; change: (condition: unknown) => void;
};

function select(props: ValueSelectorProps, className: string): ReactElement {
  const options = props.options as { name: string; label: string }[];
  const value = String(props.value ?? "");
  return (
    <select className={`form-select ${className}`} aria-label={props.title} value={value} onChange={(event) => props.handleOnChange(event.target.value)}>
      {!options.some((each) => each.name === value) && <option value={value}>{value}</option>}
      {options.map((each) => <option key={each.name} value={each.name}>{each.label}</option>)}
    </select>
  );
}

function FieldSelector(props: FieldSelectorProps): ReactElement {
  const { fields, words } = useContext(Surrounded);
  const value = props.value ?? NONE;
  if (value === KEPT) return <span className="quiet">{words.kept}</span>;
  const options = props.options as { label?: string; options?: { name: string; label: string }[]; name?: string }[];
  const choices: Choice[] = options.flatMap((each) => (each.options ?? []).filter((one) => one.name !== NONE && one.name !== KEPT).map((one) => ({ value: one.name, label: one.label, group: each.label ?? "" })));
  const text = value === NONE ? "" : (fields.get(value)?.label ?? (value === LINES ? words.lines! : value));
  const lost = value !== NONE && value !== LINES && !fields.has(value);
  return <Combo text={text} label={words.field!} choices={choices} strict focus={value === NONE} invalid={lost} none={words.nothing!} placeholder={words.field} pick={(next) => props.handleOnChange(next)} />;
}

function OperatorSelector(props: ValueSelectorProps): ReactElement | null {
  return String((props as unknown as { field: string }).field) === KEPT ? null : select(props, "cond-op");
}

function MatchMode(props: MatchModeEditorProps): ReactElement {
  const { words } = useContext(Surrounded);
  return (
    <select className="form-select cond-op" aria-label={words.lines} value={props.match.mode} onChange={(event) => props.handleOnChange({ mode: event.target.value })}>
      <option value="some">{words.some_line}</option><option value="all">{words.all_lines}</option><option value="none">{words.no_line}</option>
    </select>
  );
}

function Action(props: ActionProps): ReactElement {
  return <button type="button" className="btn btn-sm" onClick={(event) => props.handleOnClick(event)}>+ {props.label}</button>;
}

function Remove(props: ActionProps): ReactElement {
  return <button type="button" className="btn btn-sm btn-ghost-secondary cond-remove" aria-label={props.title} title={props.title} onClick={(event) => props.handleOnClick(event)}>×</button>;
}

function Said({ texts }: { texts: string[] | undefined }): ReactElement | null {
  return texts ? <div className="cond-problem" role="alert">{texts.map((each) => <div key={each}>{each}</div>)}</div> : null;
}

/** What is wrong with a question; of one that is not finished yet only that. */
function useTexts({ id, rule }: RuleProps): string[] | undefined {
  const { problems, words } = useContext(Surrounded);
  const texts = problems.get(id ?? "");
  const is = (rule?.value as Cell | undefined)?.is;
  if (!texts || rule?.field === LINES || rule?.field === KEPT) return texts;
  if (rule?.field === NONE) return [words.choose_field!];
  return is === undefined || is === "" || (Array.isArray(is) && !is.some((each) => each !== "")) ? [words.fill!] : texts;
}

function Question(props: RuleProps): ReactElement {
  const texts = useTexts(props);
  return <div className={texts ? "cond-wrong" : ""}><Rule {...props} /><Said texts={texts} /></div>;
}

function Questions(props: RuleGroupProps): ReactElement {
  const texts = useContext(Surrounded).problems.get(props.id ?? "");
  return <div className={texts ? "cond-wrong" : ""}><RuleGroup {...props} /><Said texts={texts} /></div>;
}

const CONTROLS = {
  fieldSelector: FieldSelector, operatorSelector: OperatorSelector, valueEditor: ValueEditor, matchModeEditor: MatchMode, rule: Question, ruleGroup: Questions,
  combinatorSelector: (props: ValueSelectorProps) => select(props, "cond-how"), addRuleAction: Action, addGroupAction: Action,
  removeRuleAction: Remove, removeGroupAction: Remove,
};

/** Fields under their headings, as react-querybuilder wants them. */
function grouped(fields: Field[], lines: string, offersLines: boolean): { label: string; options: { name: string; value: string; label: string; matchModes?: boolean }[] }[] {
  const groups = new Map<string, { name: string; value: string; label: string; matchModes?: boolean }[]>();
  const put = (group: string, name: string, label: string, more = {}): void => {
    groups.set(group, [...(groups.get(group) ?? []), { name, value: name, label, ...more }]);
  };
  for (const each of fields) {
    if (offersLines && each.line && !groups.has(each.group)) put(each.group, LINES, lines, { matchModes: true });
    put(each.group, each.name, each.label);
  }
  put("", KEPT, "");
  return [...groups].map(([label, options]) => ({ label, options }));
}

/** Values for a field by what is typed, from `data-values`. */
export function searcher(url: string): (field: string) => Search {
  const known = new Map<string, Search>();
  return (field) => {
    const search: Search = known.get(field) ?? (async (text) => {
      try {
        const answer = await fetch(`${url}&field=${encodeURIComponent(field)}&q=${encodeURIComponent(text)}`);
        return answer.ok ? ((await answer.json()) as { values: Choice[] }).values : [];
      } catch {
        return [];
      }
    });
    known.set(field, search);
    return search;
  };
}

export function Conditions({ fields, words, valuesUrl, start, problems, scope = "facts", change }: Props): ReactElement {
  const [query, setQuery] = useState<RuleGroupType>(() => read(start));
  const byName = useMemo(() => new Map(fields.map((each) => [each.name, each])), [fields]);
  const written = useMemo(() => write(query, byName), [query, byName]);
  const text = JSON.stringify(written.condition);
  const told = useRef(text);
  useEffect(() => {
    if (text !== told.current) change(written.condition);
    told.current = text;
  }, [text]);
  const search = useMemo(() => searcher(valuesUrl), [valuesUrl]);
  const found = useMemo(() => placed(problems, written.marks), [problems, written]);
  const context: Surroundings = useMemo(() => ({ fields: byName, words, search, problems: found }), [byName, words, search, found]);

  const asked = scope === "line" ? fields.filter((each) => each.line) : fields;
  const lines = fields.filter((each) => each.line);
  const operator = (name: string): string => {
    const ops = (byName.get(name)?.ops ?? []).map(([op]) => op);
    return DEFAULT_OPERATORS.find((each) => ops.includes(each) && !byName.get(name)?.choices.length) ?? ops[0] ?? "";
  };
  const put = (next: RuleGroupType): void => setQuery(scope === "facts" ? lifted(next, byName, operator) : next);
  const shared = {
    combinators: QUANTIFIERS.map((each) => ({ name: each, value: each, label: words[each]! })),
    controlElements: CONTROLS, autoSelectField: false, addRuleToNewGroups: true, maxLevels: DEEPEST, resetOnFieldChange: true,
    translations: {
      addRule: { label: words.add!, title: words.add! }, addGroup: { label: words.group!, title: words.group! }, combinators: { title: words.how! },
      removeRule: { label: "×", title: words.remove! }, removeGroup: { label: "×", title: words.remove_group! },
      fields: { title: words.field!, placeholderName: NONE, placeholderLabel: "" }, operators: { title: words.operator! }, value: { title: words.value! },
    },
    getOperators: (name: string) => (byName.get(name)?.ops ?? []).map(([op, label]) => ({ name: op, value: op, label })),
    getDefaultOperator: operator,
    getDefaultValue: (): Cell => ({}),
    getMatchModes: (name: string) => name === LINES && ["some", "all", "none"] as ("some" | "all" | "none")[],
  };
  const inner = { ...shared, fields: grouped(lines, words.lines!, false) };
  return (
    <Surrounded.Provider value={context}>
      <QueryBuilder {...shared} fields={grouped(asked, words.lines!, scope === "facts" && lines.length > 0)} query={query} onQueryChange={(next) => put(next as RuleGroupType)} getSubQueryBuilderProps={() => inner as never} controlClassnames={{ queryBuilder: "conditions" }} />
    </Surrounded.Provider>
  );
}
