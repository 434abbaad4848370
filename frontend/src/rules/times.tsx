// When a rule starts by itself, and when it can be asked at all.
import type { ReactElement } from "react";
import { Boxes, Check, Choose, having, Labelled, list, Moment, Num, part, Pick, Said, Several, shown, useAround } from "./fields";
import type { Put } from "./fields";
import type { Raw } from "../conditions/tree";

const OCCASIONS = ["cron", "birthday", "anniversary", "holiday", "member_day"] as const;
const CRONS = ["0 9 * * *", "0 9 * * 1", "0 9 1 * *", "0 9 18 * *"];

/** on: schedule — exactly one occasion, its hour, and how long a missed one is caught up. */
export function Schedule({ value, set }: { value: Raw; set: (value: Raw) => void }): ReactElement {
  const { words } = useAround();
  const occasion = OCCASIONS.find((each) => each in value) ?? "cron";
  const turn = (next: string): void => {
    const kept = Object.fromEntries(Object.entries(value).filter(([key]) => !(OCCASIONS as readonly string[]).includes(key) && !(next === "cron" && key === "at")));
    set({ [next]: next === "cron" ? "0 9 * * *" : next === "holiday" ? { name: "spring_festival" } : {}, ...kept });
  };
  const put: Put = (key, one) => set(having(value, key, one));
  return (
    <div className="rule-grid">
      <Choose label={words.occasion!} place="schedule" value={occasion} set={(next) => turn(String(next))} options={OCCASIONS.map((each) => [each, words[`occasion_${each}`]!])} />
      {occasion === "cron" ? <Cron value={value.cron} set={(cron) => put("cron", cron ?? "")} /> : <Due occasion={occasion} value={part(value[occasion])} set={(due) => put(occasion, due)} />}
      {occasion !== "cron" && <Labelled label={words.at!} place="schedule.at"><input type="time" className="form-control" aria-label={words.at} value={shown(value.at) || "09:00"} onChange={(event) => put("at", event.target.value || undefined)} /></Labelled>}
      <Num label={words.catch_up!} place="schedule.catch_up_hours" unit={words.hours_unit!} placeholder="24" value={value.catch_up_hours} set={(next) => put("catch_up_hours", next)} />
    </div>
  );
}

function Cron({ value, set }: { value: unknown; set: (value: unknown) => void }): ReactElement {
  const { words } = useAround();
  const usual = CRONS.map((each, at) => ({ value: each, label: words[`cron_${at}`]! }));
  return (
    <Labelled label={words.cron!} place="schedule.cron" help={words.cron_help}>
      <span className="rule-moment">
        <select className="form-select" aria-label={words.usual} value={usual.some((each) => each.value === value) ? shown(value) : ""} onChange={(event) => event.target.value && set(event.target.value)}>
          <option value="">{words.own_cron}</option>
          {usual.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}
        </select>
        <input className="form-control" aria-label={words.cron} placeholder="0 9 18 * *" value={shown(value)} onChange={(event) => set(event.target.value)} />
      </span>
    </Labelled>
  );
}

function Due({ occasion, value, set }: { occasion: string; value: Raw; set: (value: Raw) => void }): ReactElement {
  const { words } = useAround();
  const side = value.days_before ? "days_before" : value.days_after ? "days_after" : "";
  const days = (next: string, length: unknown): void => set({ ...having(having(value, "days_before", undefined), "days_after", undefined), ...(next ? { [next]: length } : {}) });
  return (
    <>
      {occasion === "holiday" && <HolidayName place="schedule.holiday" value={value.name} set={(name) => set(having(value, "name", name))} />}
      <Labelled label={words.shift!} place={`schedule.${occasion}`}>
        <span className="rule-moment">
          <select className="form-select" aria-label={words.shift} value={side} onChange={(event) => days(event.target.value, value[side] ?? 7)}>
            <option value="">{words.on_day}</option><option value="days_before">{words.days_before}</option><option value="days_after">{words.days_after}</option>
          </select>
          {side && <input className="form-control" inputMode="numeric" aria-label={words.day_unit} value={shown(value[side])} onChange={(event) => days(side, Number(event.target.value) || event.target.value)} />}
        </span>
      </Labelled>
    </>
  );
}

function HolidayName({ place, value, set }: { place: string; value: unknown; set: (value: unknown) => void }): ReactElement {
  const { words, setup } = useAround();
  return <Pick label={words.holiday!} place={place} value={value} choices={setup.holidays.map(([id, label]) => ({ value: id, label }))} set={set} />;
}

/** from, until, and the windows of which one must be open. */
export function Opening({ rule, put }: { rule: Raw; put: Put }): ReactElement {
  const { words } = useAround();
  const windows = list<Raw>(rule.windows);
  const all = (next: Raw[]): void => put("windows", next.length ? next : undefined);
  return (
    <>
      <div className="rule-grid">
        <Moment label={words.from!} place="from" value={rule.from} set={(next) => put("from", next)} />
        <Moment label={words.until!} place="until" value={rule.until} set={(next) => put("until", next)} />
      </div>
      <Said place="windows" deep={false} />
      {windows.map((each, at) => <Window key={at} at={at} value={part(each)} set={(next) => all(windows.map((one, index) => (index === at ? next : one)))} remove={() => all(windows.filter((_, index) => index !== at))} />)}
      <button type="button" className="btn btn-sm" onClick={() => all([...windows, {}])}>+ {windows.length ? words.other_window : words.add_window}</button>
    </>
  );
}

/** Weekdays or months as the reader writes them. */
function names(language: string, part: "weekday" | "month"): [string, string][] {
  const said = new Intl.DateTimeFormat(language, { [part]: "short", timeZone: "UTC" });
  // 1 January 2024 was a Monday.
  const day = (at: number): number => (part === "weekday" ? Date.UTC(2024, 0, at) : Date.UTC(2024, at - 1, 1));
  return Array.from({ length: part === "weekday" ? 7 : 12 }, (_, at) => [String(at + 1), said.format(day(at + 1))]);
}

function Window({ at, value, set, remove }: { at: number; value: Raw; set: (value: Raw) => void; remove: () => void }): ReactElement {
  const { words, setup } = useAround();
  const place = `windows.${at}`;
  const put: Put = (key, one) => set(having(value, key, one));
  const near = (["holiday", "birthday", "anniversary"] as const).find((each) => each in value);
  return (
    <div className="rule-box">
      <div className="rule-box-head"><strong>{words.window_of} {at + 1}</strong><button type="button" className="btn btn-sm btn-ghost-secondary" aria-label={words.remove} onClick={remove}>×</button></div>
      <Said place={place} deep={false} />
      <div className="rule-grid">
        <Boxes label={words.weekdays!} place={`${place}.weekdays`} value={value.weekdays} set={(next) => put("weekdays", next)} names={names(setup.language, "weekday")} />
        <Boxes label={words.months_of!} place={`${place}.months`} value={value.months} set={(next) => put("months", next)} names={names(setup.language, "month")} />
        <Several label={words.month_days!} place={`${place}.days`} help={words.month_days_help} placeholder="18" kind="whole" value={value.days} set={(next) => put("days", next)} />
        <Several label={words.hours!} place={`${place}.hours`} placeholder="10:00-12:00" value={value.hours} set={(next) => put("hours", next)} />
        <Choose label={words.near!} place={`${place}.near`} value={near} none={words.no_occasion} options={(["holiday", "birthday", "anniversary"] as const).map((each) => [each, words[`occasion_${each}`]!])}
          set={(next) => { const { holiday: _h, birthday: _b, anniversary: _a, ...rest } = value; set(next ? { ...rest, [String(next)]: next === "holiday" ? { name: "spring_festival" } : {} } : rest); }} />
        {(["holiday", "birthday", "anniversary"] as const).filter((each) => each in value).map((each) => <Near key={each} occasion={each} place={`${place}.${each}`} value={part(value[each])} set={(next) => put(each, next)} />)}
      </div>
      {(setup.member_day || value.member_day === true) && <Check label={words.only_member_day!} place={`${place}.member_day`} value={value.member_day} set={(on) => put("member_day", on ? true : undefined)} />}
    </div>
  );
}

function Near({ occasion, place, value, set }: { occasion: string; place: string; value: Raw; set: (value: Raw) => void }): ReactElement {
  const { words } = useAround();
  const put: Put = (key, one) => set(having(value, key, one));
  return (
    <>
      {occasion === "holiday" && <HolidayName place={`${place}.name`} value={value.name} set={(next) => put("name", next)} />}
      {value.month !== true && <Num label={words.days_before!} place={`${place}.before`} unit={words.day_unit!} placeholder="0" value={value.before} set={(next) => put("before", next)} />}
      {value.month !== true && <Num label={words.days_after!} place={`${place}.after`} unit={words.day_unit!} placeholder="0" value={value.after} set={(next) => put("after", next)} />}
      {occasion !== "holiday" && <Check label={words.whole_month!} place={`${place}.month`} value={value.month} set={(on) => put("month", on ? true : undefined)} />}
    </>
  );
}

