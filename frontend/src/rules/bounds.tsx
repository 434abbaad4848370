// How often and how much a rule gives, which rules it excludes, and with whom it is tried first.
import type { ReactElement } from "react";
import { Conditions } from "../conditions/editor";
import { Check, Choose, having, Num, part, Pick, Said, Several, useAround } from "./fields";
import type { Named, Put } from "./fields";
import { Short, useTags, within } from "./actions";
import type { Raw } from "../conditions/tree";

function periods(words: Record<string, string>): Named[] {
  return ["day", "week", "month", "year", "lifetime"].map((each) => [each, words[`per_${each}`]!]);
}

/** A part that goes away when its last number does. */
function shrunk(value: Raw, counting: string[]): Raw | undefined {
  return counting.some((each) => value[each] !== undefined) ? value : undefined;
}

export function Bounds({ rule, put }: { rule: Raw; put: Put }): ReactElement {
  const { setup, words } = useAround();
  const limit = part(rule.limit), budget = part(rule.budget);
  const limited: Put = (key, one) => put("limit", shrunk({ per: "lifetime", ...having(limit, key, one) }, ["times", "units", "money"]));
  const budgeted: Put = (key, one) => put("budget", shrunk(having(budget, key, one), ["units", "money"]));
  return (
    <>
      <h3>{words.limit}</h3><Said place="limit" deep={false} />
      <div className="rule-grid">
        <Num label={words.times!} place="limit.times" unit={words.times_unit!} value={limit.times} set={(next) => limited("times", next)} />
        <Num label={words.units!} place="limit.units" kind="units" value={limit.units} set={(next) => limited("units", next)} />
        <Num label={words.money!} place="limit.money" kind="units" unit={setup.currency} value={limit.money} set={(next) => limited("money", next)} />
        {rule.limit !== undefined && <Choose label={words.per!} place="limit.per" value={limit.per} options={periods(words)} set={(next) => limited("per", next)} />}
      </div>
      <h3>{words.budget}</h3><Said place="budget" deep={false} />
      <div className="rule-grid">
        <Num label={words.units!} place="budget.units" kind="units" value={budget.units} set={(next) => budgeted("units", next)} />
        <Num label={words.money!} place="budget.money" kind="units" unit={setup.currency} value={budget.money} set={(next) => budgeted("money", next)} />
        {rule.budget !== undefined && <Choose label={words.per!} place="budget.per" value={budget.per} initial="lifetime" options={periods(words)} set={(next) => budgeted("per", next)} />}
        {rule.budget !== undefined && <Short label={words.when_budget_short!} place="budget.when_short" value={budget.when_short} usual="partial" put={budgeted} />}
        {(setup.campaigns.length > 0 || rule.campaign !== undefined) && <Choose label={words.campaign!} place="campaign" value={rule.campaign} none={words.no_campaign} options={setup.campaigns} set={(next) => put("campaign", next)} />}
      </div>
    </>
  );
}

export function Order({ rule, put }: { rule: Raw; put: Put }): ReactElement {
  const { setup, words } = useAround();
  const group = part(rule.group);
  const grouped = (id: unknown): void => put("group", id ? { ...group, id } : undefined);
  return (
    <>
      <div className="rule-grid">
        <Num label={words.priority!} place="priority" placeholder="0" help={words.priority_help} value={rule.priority} set={(next) => put("priority", next)} />
        <Pick label={words.group_of!} place="group" value={group.id} choices={setup.groups.map((each) => ({ value: each, label: each }))} set={grouped} />
        {rule.group !== undefined && <Choose label={words.pick!} place="group.pick" value={group.pick} initial="first" options={[["first", words.pick_first!], ["best", words.pick_best!]]} set={(next) => put("group", { ...group, pick: next })} />}
      </div>
      <Check label={words.stop!} place="stop" value={rule.stop} set={(on) => put("stop", on ? true : undefined)} />
    </>
  );
}

/** test: only these members, until the rule is published without it. */
export function Trial({ rule, put }: { rule: Raw; put: Put }): ReactElement {
  const { words, memberFields, valuesUrl, problems } = useAround();
  const search = useTags();
  const test = part(rule.test);
  return (
    <>
      <Check label={words.trial!} place="test.on" value={rule.test !== undefined} set={(on) => put("test", on ? {} : undefined)} />
      {rule.test !== undefined && (
        <>
          <Said place="test" deep={false} />
          <div className="rule-grid">
            <TagOf label={words.trial_tag!} value={test.tag} search={search} set={(next) => put("test", having(test, "tag", next))} />
            <Several label={words.trial_members!} place="test.members" value={test.members} set={(next) => put("test", having(test, "members", next))} />
          </div>
          <span className="rule-label">{words.trial_when}</span>
          <Conditions fields={memberFields} words={words} valuesUrl={valuesUrl("member")} start={test.when} problems={within(problems, "test.when")} change={(next) => put("test", having(test, "when", next ?? undefined))} />
        </>
      )}
    </>
  );
}

function TagOf({ label, value, search, set }: { label: string; value: unknown; search: ReturnType<typeof useTags>; set: (next: unknown) => void }): ReactElement {
  return <Several label={label} place="test.tag" value={value ? [value] : []} search={search} set={(next) => set((next as string[] | undefined)?.at(-1))} />;
}
