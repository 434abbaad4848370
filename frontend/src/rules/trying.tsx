// “Try it on this member”: on her latest event of the type, on one that is chosen, or on an order that is typed.
import { useContext, useState } from "react";
import type { ReactElement } from "react";
import { post } from "../conditions/server";
import type { Problem, Raw } from "../conditions/tree";
import { having, list, Num, shown, Surround } from "./fields";

type Part = { text: string; held: boolean; seen: string | null };
type Tried = { told: string; held?: boolean; parts: Part[]; effects: string[]; events?: { id: string; name: string }[] };
const LINE = ["sku", "category", "brand", "quantity", "price"] as const;

export function TryOut({ rule, url, refused }: { rule: Raw; url: string; refused: (problems: Problem[]) => void }): ReactElement {
  const { words, problems, setup } = useContext(Surround);
  const [member, setMember] = useState("");
  const [event, setEvent] = useState("");
  const [order, setOrder] = useState<Raw>({ total: "100", items: [] });
  const [events, setEvents] = useState<{ id: string; name: string }[]>([]);
  const [tried, setTried] = useState<Tried | null>(null);
  const paid = rule.on === "order.paid";
  const go = async (): Promise<void> => {
    const typed = event === "typed" && paid;
    const found = await post(url, { rule, member, among: setup.draft, ...(typed ? { order } : event ? { event } : {}) }, words.failed!);
    if (found.problems.length) refused(found.problems);
    setTried(found.told === undefined ? null : (found as unknown as Tried));
    setEvents((found.events as typeof events | undefined) ?? []);
  };
  return (
    <section className="card card-inner">
      <h2>{words.try_on}</h2>
      <form onSubmit={(submitted) => { submitted.preventDefault(); void go(); }}>
        <div className="input-group">
          <input className="form-control" aria-label={words.member} placeholder={words.member_help} value={member} onChange={(typed) => { setMember(typed.target.value); setEvents([]); if (event !== "typed") setEvent(""); }} />
          <button className="btn" disabled={!member.trim()}>{words.try_it}</button>
        </div>
        {rule.on !== "schedule" && (
          <select className="form-select mt-2" aria-label={words.try_event} value={event} onChange={(chosen) => setEvent(chosen.target.value)}>
            <option value="">{words.latest_event}</option>
            {events.map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
            {paid && <option value="typed">{words.typed_order}</option>}
          </select>
        )}
        {event === "typed" && paid && <TypedOrder order={order} set={setOrder} />}
      </form>
      <div aria-live="polite">
        {tried && <p className="rule-told">{tried.told}</p>}
        {tried && tried.parts.length > 0 && <ul className="rule-tried">{tried.parts.map((one, at) => <li key={at} className={one.held ? "" : "quiet"}>{one.held ? "✓" : "✗"} {one.text}{one.seen !== null && <span className="quiet"> · {one.seen}</span>}</li>)}</ul>}
        {tried && tried.effects.length > 0 && <ul className="rule-gives">{tried.effects.map((one, at) => <li key={at}>{one}</li>)}</ul>}
        {!tried && problems.some((one) => one.place.startsWith("order")) && <p className="cond-problem">{problems.filter((one) => one.place.startsWith("order")).map((one) => one.text).join(" ")}</p>}
      </div>
    </section>
  );
}

function TypedOrder({ order, set }: { order: Raw; set: (order: Raw) => void }): ReactElement {
  const { words, setup } = useContext(Surround);
  const lines = list<Raw>(order.items);
  const put = (at: number, key: string, value: string): void => set({ ...order, items: lines.map((each, index) => (index === at ? having(each, key, value || undefined) : each)) });
  return (
    <div className="rule-order">
      <div className="rule-grid">
        <Num label={words.total!} place="order.total" kind="units" unit={setup.currency} value={order.total} set={(next) => set(having(order, "total", next === undefined ? undefined : String(next)))} />
        {(["channel", "store"] as const).map((key) => <label key={key} className="rule-field"><span className="rule-label">{words[key]}</span><input className="form-control" aria-label={words[key]} value={shown(order[key])} onChange={(event) => set(having(order, key, event.target.value || undefined))} /></label>)}
      </div>
      {lines.map((each, at) => (
        <div className="rule-line" key={at}>
          {LINE.map((key) => <input key={key} className="form-control" aria-label={words[`line_${key}`]} placeholder={words[`line_${key}`]} inputMode={key === "quantity" || key === "price" ? "decimal" : undefined} value={shown(each[key])} onChange={(event) => put(at, key, event.target.value)} />)}
          <button type="button" className="btn btn-sm btn-ghost-secondary" aria-label={words.remove} onClick={() => set({ ...order, items: lines.filter((_, index) => index !== at) })}>×</button>
        </div>
      ))}
      <button type="button" className="btn btn-sm" onClick={() => set({ ...order, items: [...lines, {}] })}>+ {words.add_line}</button>
    </div>
  );
}
