// The rule builder: when – if – then, and whatever else a rule of the programme's file can say. What it says, whom it
// fits and what is wrong with it comes from the server as one goes.
import { useEffect, useMemo, useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { Conditions } from "../conditions/editor";
import { about, useFields } from "../conditions/mount";
import { post } from "../conditions/server";
import type { Answer } from "../conditions/server";
import type { Problem, Raw } from "../conditions/tree";
import type { Words } from "../conditions/values";
import { Actions, within } from "./actions";
import { Bounds, Order, Trial } from "./bounds";
import { Choose, having, Labelled, Line, part, shown, Surround } from "./fields";
import type { Around, Put, Setup } from "./fields";
import { Opening, Schedule } from "./times";
import { TryOut } from "./trying";

const CHECK_AFTER_MS = 300;
const LANGUAGES = ["zh-hans", "zh-hant", "en"] as const;
export type Urls = { fields: string; values: string; check: string; try: string; keep: string };

function Name({ value, set, words, language }: { value: unknown; set: (value: unknown) => void; words: Words; language: string }): ReactElement {
  const several = typeof value === "object" && value !== null;
  if (!several)
    return (
      <>
        <Line label={words.name!} place="name" most={100} value={value} set={(next) => set(next ?? "")} />
        <button type="button" className="btn btn-sm btn-link rule-link" onClick={() => set({ [language]: shown(value) })}>{words.translate}</button>
      </>
    );
  return <>{LANGUAGES.map((each) => <Line key={each} label={`${words.name} · ${words[`language_${each}`]}`} place={`name.${each}`} most={300} value={part(value)[each]} set={(next) => set(having(part(value), each, next))} />)}</>;
}

function Section({ title, children, folded }: { title: string; children: ReactNode; folded?: boolean }): ReactElement {
  if (folded === undefined) return <section className="card card-inner"><h2>{title}</h2>{children}</section>;
  return <details className="card card-inner rule-fold" open={!folded}><summary><h2>{title}</h2></summary>{children}</details>;
}

/** What the server says of the rule as it stands. */
function useAnswer(rule: Raw, among: string, url: string, failed: string): Answer | null {
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    let alive = true;
    const waiting = setTimeout(() => void post(url, { rule, among }, failed).then((found) => alive && setAnswer(found)), CHECK_AFTER_MS);
    return () => { alive = false; clearTimeout(waiting); };
  }, [rule]);
  return answer;
}

const has = (rule: Raw, ...keys: string[]): boolean => keys.some((key) => rule[key] !== undefined);

export function RuleEditor({ setup, words, urls }: { setup: Setup; words: Words; urls: Urls }): ReactElement {
  const [rule, setRule] = useState<Raw>(() => setup.rule ?? { id: "", name: "", on: "order.paid", then: [{ credit: { asset: setup.assets[0]?.[0] ?? "", amount: 10 } }] });
  const [touched, setTouched] = useState(setup.rule !== null);
  const [refused, setRefused] = useState<Problem[]>([]);
  const start = useMemo(() => rule, []);
  const on = shown(rule.on);
  const fields = useFields(urls.fields, on), memberFields = useFields(urls.fields, "member");
  const answer = useAnswer(rule, setup.draft, urls.check, words.failed!);
  const put: Put = (key, value) => { setTouched(true); setRefused([]); setRule((before) => having(before, key, value)); };
  const problems = touched ? [...(answer?.problems ?? []), ...refused] : [];
  const around: Around = { setup, words, problems, fields: fields ?? [], memberFields: memberFields ?? [], on, valuesUrl: (of) => about(urls.values, of) };
  if (!fields || !memberFields) return <p className="quiet">…</p>;
  const turn = (next: unknown): void => {
    setTouched(true);
    setRule((before) => having(having(before, "on", next), "schedule", next === "schedule" ? { cron: "0 9 * * *" } : undefined));
  };
  return (
    <Surround.Provider value={around}>
      <div className="record">
        <div className="stack">
          <Section title={words.what!}>
            <div className="rule-grid">
              <div className="rule-name"><Name value={rule.name} set={(next) => put("name", next)} words={words} language={setup.language} /></div>
              <Line label={words.id!} place="id" most={30} placeholder="weekend_double" help={words.id_help} value={rule.id} set={(next) => put("id", next ?? "")} />
              <Choose label={words.on!} place="on" value={rule.on} options={setup.types} set={turn} />
            </div>
            {(on === "schedule" || has(rule, "schedule")) && <Schedule value={part(rule.schedule)} set={(next) => put("schedule", next)} />}
          </Section>
          <Section title={words.when!}>
            <Conditions fields={fields} words={words} valuesUrl={around.valuesUrl(on)} start={start.when} problems={within(problems, "when")} change={(next) => put("when", next ?? undefined)} />
          </Section>
          <Section title={words.then!}><Actions value={rule.then} set={(next) => put("then", next)} /></Section>
          <Section title={words.open!} folded={!has(start, "from", "until", "windows")}><Opening rule={rule} put={put} /></Section>
          <Section title={words.bounds!} folded={!has(start, "limit", "budget", "campaign")}><Bounds rule={rule} put={put} /></Section>
          <Section title={words.among!} folded={!has(start, "priority", "group", "stop")}><Order rule={rule} put={put} /></Section>
          <Section title={words.trying!} folded={!has(start, "test")}><Trial rule={rule} put={put} /></Section>
        </div>
        <div className="stack rule-side">
          <Told answer={touched ? answer : null} problems={problems} words={words} />
          <TryOut rule={rule} url={urls.try} refused={setRefused} />
          {setup.may_edit && <Keep rule={rule} url={urls.keep} refused={(found) => { setTouched(true); setRefused(found); }} />}
          {answer?.yaml && <details className="card card-inner rule-fold"><summary><h2>YAML</h2></summary><pre className="rule-yaml">{answer.yaml}</pre></details>}
        </div>
      </div>
    </Surround.Provider>
  );
}

function Told({ answer, problems, words }: { answer: Answer | null; problems: Problem[]; words: Words }): ReactElement {
  return (
    <section className="card card-inner" aria-live="polite">
      <h2>{words.in_words}</h2>
      {answer?.sentence ? <p>{answer.sentence}</p> : !problems.length && <p className="quiet">{words.begin}</p>}
      {answer?.fits && <p className="quiet">{answer.fits}</p>}
      {problems.length > 0 && <><p className="cond-problem"><strong>{words.to_put_right}</strong></p><ul className="rule-problems">{problems.map((one) => <li key={one.place + one.text}>{one.place && <code>{one.place}</code>} {one.text}</li>)}</ul></>}
    </section>
  );
}

function Keep({ rule, url, refused }: { rule: Raw; url: string; refused: (problems: Problem[]) => void }): ReactElement {
  return <Surround.Consumer>{({ setup, words }) => <KeepInto rule={rule} url={url} refused={refused} setup={setup} words={words} />}</Surround.Consumer>;
}

function KeepInto({ rule, url, refused, setup, words }: { rule: Raw; url: string; refused: (problems: Problem[]) => void; setup: Setup; words: Words }): ReactElement {
  const [draft, setDraft] = useState(setup.draft);
  const [busy, setBusy] = useState(false);
  const keep = async (): Promise<void> => {
    setBusy(true);
    const found = await post(url, { rule, draft, among: draft }, words.failed!);
    if (found.goto) location.assign(found.goto as string);
    else { refused(found.problems); setBusy(false); }
  };
  return (
    <section className="card card-inner">
      <h2>{words.keep}</h2>
      <Labelled label={words.draft!} place="draft">
        <select className="form-select" aria-label={words.draft} value={draft} onChange={(event) => setDraft(event.target.value)}>
          <option value="">{words.new_draft}</option>
          {setup.drafts.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
        </select>
      </Labelled>
      <button type="button" className="btn btn-primary w-100 mt-2" disabled={busy} onClick={() => void keep()}>{words.put_there}</button>
    </section>
  );
}
