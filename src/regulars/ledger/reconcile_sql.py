"""The statements of `reconcile`: set-wise, one pass over each table, everything else on their sums.

What belongs together lot by lot or event by event is compared by fingerprint: Σ hash(name) × amount, modulo a prime,
on both sides. The hash has a new seed in every run, so two sides that differ anywhere agree by chance once in two
thousand million times, and not again the next night. Only members whose fingerprints differ are looked at row by row.
"""

from dataclasses import dataclass

from regulars.events.moved import MOVED

PRIME = 2_147_483_647
KNOWN = ("issue", "spend", "expire", "reverse", "adjust", "convert", "gift", "merge", "hold", "pending")
MOVING = ("adjust", "convert", "gift", "merge")
DRAWN = ("spend", "hold", "gift", "convert", "adjust")


RAISES = "account = 'adjust' AND amount > 0 AND id <> lot_id"
"""Entries that may have raised a lot's amount: a correction upward. They also undo an adjustment, and then do not."""


WRONG = (
    "amount < 0 OR held < 0 OR pending < 0 OR expired < 0 OR reversed < 0 OR reversed > amount"
    " OR remaining + held + pending + expired > amount OR (remaining < 0 AND amount > 0)"
)
"""A lot that is no sum of its parts: one of them is below zero, or there is more in it, and gone by its end, than was
credited. What was taken back for it may have come out of other lots, so that is bounded by itself."""


def weighed(name: str, amount: str) -> str:
    """The fingerprint of `amount` units under `name`, SQL expressions both: a hash below 2³¹ times at most 2³¹."""
    return f"((hashtextextended({name}, {{seed}}) & {PRIME}) * mod({amount}, {PRIME}))"


def weighed_lot(lot: str, amount: str) -> str:
    """As `weighed`, under a lot's id."""
    return f"((uuid_hash_extended({lot}, {{seed}}) & {PRIME}) * mod({amount}, {PRIME}))"


ENTRIES = f"""
CREATE TEMP TABLE reconcile_entry ON COMMIT DROP AS
SELECT member_id, asset, account, count(*) AS entries, sum(amount) AS units,
       sum({weighed_lot("lot_id", "amount")}) AS by_lot,
       sum({weighed_lot("lot_id", "amount")}) FILTER (WHERE id = lot_id AND amount > 0) AS made_by_lot,
       count(*) FILTER (WHERE {RAISES}) AS raises,
       sum({weighed("left(id::text, 33)", "amount")}) AS by_event
  FROM ledger_entry GROUP BY member_id, asset, account
"""

LOTS = f"""
CREATE TEMP TABLE reconcile_lot ON COMMIT DROP AS
SELECT member_id, asset, count(*) AS lots, sum(remaining) AS remaining, sum(held) AS held, sum(pending) AS pending,
       sum({weighed_lot("id", "amount")}) AS amount_by_lot,
       sum({weighed_lot("id", "remaining")}) AS remaining_by_lot, count(*) FILTER (WHERE amount = 0) AS debts,
       sum({weighed_lot("id", "expired")}) FILTER (WHERE expired <> 0) AS expired_by_lot,
       sum({weighed_lot("id", "held")}) FILTER (WHERE held <> 0) AS held_by_lot,
       sum({weighed_lot("id", "pending")}) FILTER (WHERE pending <> 0) AS pending_by_lot,
       min(expires_at) FILTER (WHERE remaining > 0) AS first_end,
       min(matures_at) FILTER (WHERE pending > 0) AS first_ripe,
       bool_or(remaining > 0) AS something, count(*) FILTER (WHERE {WRONG}) AS wrong
  FROM ledger_lot GROUP BY member_id, asset
"""

DRAWS = f"""
CREATE TEMP TABLE reconcile_draw ON COMMIT DROP AS
SELECT draw.member_id, draw.asset, sum(part.held) AS held,
       sum({weighed_lot("part.lot_id", "part.held")}) AS held_by_lot, min(draw.until) AS first_limit
  FROM ledger_draw AS draw CROSS JOIN LATERAL unnest(draw.lots, draw.held) AS part(lot_id, held)
 WHERE draw.open > 0 GROUP BY draw.member_id, draw.asset
"""

EFFECTS = f"""
CREATE TEMP TABLE reconcile_effect ON COMMIT DROP AS
SELECT member_id, asset, account, count(*) AS effects, sum({weighed("event", "amount")}) AS by_event
  FROM ({MOVED}) AS moved GROUP BY member_id, asset, account
"""

FAMILIES = """
CREATE TEMP TABLE reconcile_family ON COMMIT DROP AS
WITH RECURSIVE edge AS (
    SELECT kept AS one, gone AS other FROM members_merge UNION SELECT gone, kept FROM members_merge),
reached AS (
    SELECT one AS member_id, one AS found FROM edge
    UNION SELECT reached.member_id, edge.other FROM reached JOIN edge ON edge.one = reached.found)
SELECT member_id, min(found::text) AS family FROM reached GROUP BY member_id
"""
"""Members who are, or were, records of one person. Lots change hands among them while entries stay, so that what is
compared lot by lot is compared over the family."""

ALONE = "NOT EXISTS (SELECT FROM reconcile_family AS family WHERE family.member_id = {who})"

TABLES = {
    "reconcile_family": FAMILIES,
    "reconcile_entry": ENTRIES,
    "reconcile_lot": LOTS,
    "reconcile_draw": DRAWS,
    "reconcile_effect": EFFECTS,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two SQL expressions that have to agree for a member and asset; `by_lot`: they are fingerprints over lots,
    compared where `only` holds; `due`: what was found may be earlier than expected."""

    check: str
    expected: str
    found: str
    by_lot: bool = False
    due: bool = False
    only: str = "TRUE"

    @property
    def differs(self) -> str:
        """SQL: whether they do not."""
        if self.by_lot:
            differ = f"mod(coalesce({self.expected}, 0) - coalesce({self.found}, 0), {PRIME}) <> 0"
            return f"({differ} AND {self.only} AND family.member_id IS NULL)"
        if self.due:
            return (
                f"({self.expected} IS NOT NULL AND ({self.found} IS NULL OR {self.found} > {self.expected}))"
            )
        return f"coalesce({self.expected}, 0) <> coalesce({self.found}, 0)"


_LAPSES = "CASE WHEN lot.something THEN balance.lapses_at END"

PAIRS = (
    Pair("balance", "entry.units", "balance.balance"),
    Pair("lots", "entry.units", "lot.remaining"),
    Pair("earned", "entry.issue", "balance.earned"),
    Pair("spent", "-entry.spend", "balance.spent"),
    Pair("expired", "-entry.expire", "balance.expired"),
    Pair("reversed", "-entry.reverse", "balance.reversed"),
    Pair("moved", "entry.moved", "balance.moved"),
    Pair("held", "-entry.hold", "balance.held"),
    Pair("pending", "-entry.pending", "balance.pending"),
    Pair("lots_held", "-entry.hold", "lot.held"),
    Pair("lots_pending", "-entry.pending", "lot.pending"),
    Pair("draws_held", "lot.held", "draw.held"),
    Pair("account", "0", "entry.unknown"),
    Pair(
        "lot_amount",
        "entry.made_by_lot",
        "lot.amount_by_lot",
        by_lot=True,
        only="coalesce(entry.raises, 0) = 0",
    ),
    Pair(
        "lot_remaining",
        "entry.by_lot",
        "lot.remaining_by_lot",
        by_lot=True,
        only="coalesce(lot.debts, 0) = 0",
    ),
    Pair("lot_expired", "-entry.expire_by_lot", "lot.expired_by_lot", by_lot=True),
    Pair("lot_held", "-entry.hold_by_lot", "lot.held_by_lot", by_lot=True),
    Pair("lot_pending", "-entry.pending_by_lot", "lot.pending_by_lot", by_lot=True),
    Pair("lot_drawn", "lot.held_by_lot", "draw.held_by_lot", by_lot=True),
    Pair(
        "due",
        f"least(lot.first_end, lot.first_ripe, draw.first_limit, {_LAPSES})",
        "balance.due_at",
        due=True,
    ),
)

_BY_ACCOUNT = ", ".join(
    f"sum(units) FILTER (WHERE account = '{name}') AS {name}" for name in KNOWN if name not in MOVING
)
_PAIRED = ", ".join(f"{pair.differs}, ({pair.expected})::text, ({pair.found})::text" for pair in PAIRS)
_ANY = " OR ".join(pair.differs for pair in PAIRS)
_MOVING = ", ".join(f"'{name}'" for name in MOVING)
_KNOWN = ", ".join(f"'{name}'" for name in KNOWN)

BOOKS = f"""
WITH entry AS (
    SELECT member_id, asset, sum(units) AS units, {_BY_ACCOUNT},
           sum(units) FILTER (WHERE account IN ({_MOVING})) AS moved,
           sum(entries) FILTER (WHERE account NOT IN ({_KNOWN})) AS unknown,
           sum(by_lot) AS by_lot, sum(made_by_lot) AS made_by_lot, sum(raises) AS raises,
           sum(by_lot) FILTER (WHERE account = 'expire') AS expire_by_lot,
           sum(by_lot) FILTER (WHERE account = 'hold') AS hold_by_lot,
           sum(by_lot) FILTER (WHERE account = 'pending') AS pending_by_lot
      FROM reconcile_entry GROUP BY member_id, asset)
SELECT member_id, asset, count(*) OVER (), {_PAIRED}
  FROM entry
  FULL JOIN ledger_balance AS balance USING (member_id, asset)
  FULL JOIN reconcile_lot AS lot USING (member_id, asset)
  FULL JOIN reconcile_draw AS draw USING (member_id, asset)
  LEFT JOIN reconcile_family AS family USING (member_id)
 WHERE {_ANY}
 ORDER BY member_id, asset LIMIT %s
"""
"""Members and assets where any pair differs; per pair whether it does, what was expected and what was found."""

BY_LOT = f"""
WITH entry AS (
    SELECT lot_id AS id, member_id, asset, sum(amount) FILTER (WHERE id = lot_id AND amount > 0) AS amount,
           sum(amount) AS remaining, bool_or({RAISES}) AS raised,
           -sum(amount) FILTER (WHERE account = 'expire') AS expired,
           -sum(amount) FILTER (WHERE account = 'hold') AS held,
           -sum(amount) FILTER (WHERE account = 'pending') AS pending
      FROM ledger_entry WHERE member_id = %s AND asset = %s GROUP BY lot_id, member_id, asset),
drawn AS (
    SELECT part.lot_id AS id, sum(part.held) AS held
      FROM ledger_draw AS draw CROSS JOIN LATERAL unnest(draw.lots, draw.held) AS part(lot_id, held)
     WHERE draw.member_id = %s AND draw.asset = %s AND draw.open > 0 GROUP BY part.lot_id),
lot AS (SELECT * FROM ledger_lot WHERE member_id = %s AND asset = %s)
SELECT id, side.check, side.expected::bigint, side.found::bigint
  FROM entry FULL JOIN lot USING (id) FULL JOIN drawn USING (id)
 CROSS JOIN LATERAL (VALUES
       ('lot_amount', coalesce(entry.amount, 0), coalesce(lot.amount, 0)),
       ('lot_remaining', coalesce(entry.remaining, 0), coalesce(lot.remaining, 0)),
       ('lot_expired', coalesce(entry.expired, 0), coalesce(lot.expired, 0)),
       ('lot_held', coalesce(entry.held, 0), coalesce(lot.held, 0)),
       ('lot_pending', coalesce(entry.pending, 0), coalesce(lot.pending, 0)),
       ('lot_drawn', coalesce(lot.held, 0), coalesce(drawn.held, 0))
     ) AS side("check", expected, found)
 WHERE side.expected <> side.found
   AND (side.check <> 'lot_amount' OR NOT EXISTS (SELECT FROM entry WHERE raised))
   AND (side.check <> 'lot_remaining' OR NOT EXISTS (SELECT FROM lot WHERE amount = 0))
 ORDER BY id, side.check LIMIT %s
"""
"""The lots of one member and asset that differ. What one lot paid of a debt is no entry, so that lots of members who
owed are compared in their sum only."""

BY_FAMILY = f"""
WITH entry AS (
    SELECT lot_id AS id, family, asset, sum(amount) FILTER (WHERE id = lot_id AND amount > 0) AS made,
           sum(amount) FILTER (WHERE {RAISES}) AS raised, sum(amount) AS remaining,
           -sum(amount) FILTER (WHERE account = 'expire') AS expired,
           -sum(amount) FILTER (WHERE account = 'hold') AS held,
           -sum(amount) FILTER (WHERE account = 'pending') AS pending
      FROM ledger_entry JOIN reconcile_family USING (member_id) GROUP BY lot_id, family, asset),
drawn AS (
    SELECT part.lot_id AS id, family, draw.asset, sum(part.held) AS held
      FROM ledger_draw AS draw JOIN reconcile_family USING (member_id)
     CROSS JOIN LATERAL unnest(draw.lots, draw.held) AS part(lot_id, held)
     WHERE draw.open > 0 GROUP BY part.lot_id, family, draw.asset),
lot AS (
    SELECT id, family, asset, amount, remaining, expired, held, pending,
           bool_or(amount = 0) OVER (PARTITION BY family, asset) AS owed
      FROM ledger_lot JOIN reconcile_family USING (member_id))
SELECT family::uuid, asset, count(*) OVER (), id, side.expected::bigint, side.found::bigint, side.check
  FROM entry FULL JOIN lot USING (id, family, asset) FULL JOIN drawn USING (id, family, asset)
 CROSS JOIN LATERAL (VALUES
       ('lot_amount', least(greatest(coalesce(lot.amount, 0), coalesce(entry.made, 0)),
                            coalesce(entry.made, 0) + coalesce(entry.raised, 0)), coalesce(lot.amount, 0)),
       ('lot_remaining', CASE WHEN lot.owed THEN lot.remaining ELSE coalesce(entry.remaining, 0) END,
        coalesce(lot.remaining, 0)),
       ('lot_expired', coalesce(entry.expired, 0), coalesce(lot.expired, 0)),
       ('lot_held', coalesce(entry.held, 0), coalesce(lot.held, 0)),
       ('lot_pending', coalesce(entry.pending, 0), coalesce(lot.pending, 0)),
       ('lot_drawn', coalesce(lot.held, 0), coalesce(drawn.held, 0))
     ) AS side("check", expected, found)
 WHERE side.expected <> side.found
 ORDER BY family, id, side.check LIMIT %s
"""
"""Lots that are, or once were, another record's of the same person, and differ from what all its entries say."""

LOT_ROWS = f"""
WITH who AS (SELECT DISTINCT member_id FROM reconcile_lot WHERE wrong > 0)
SELECT member_id, asset, count(*) OVER (), id, amount, remaining + held + pending + expired
  FROM ledger_lot JOIN who USING (member_id) WHERE {WRONG}
 ORDER BY member_id, id LIMIT %s
"""

DRAW_ROWS = """
WITH wrong AS MATERIALIZED (
    SELECT member_id, asset, id, (SELECT sum(part) FROM unnest(held) AS part)::bigint AS held, open
      FROM ledger_draw
     WHERE open <> (SELECT coalesce(sum(part), 0) FROM unnest(held) AS part)
        OR 0 > ANY (held) OR 0 > ANY (used) OR 0 > ANY (returned)
        OR cardinality(lots) <> cardinality(held) OR cardinality(lots) <> cardinality(used)
        OR cardinality(lots) <> cardinality(returned))
SELECT member_id, asset, count(*) OVER (), id, held, open FROM wrong ORDER BY member_id, id LIMIT %s
"""
"""Draws that make no sense by themselves: with a part below zero or missing, or `open` not what is held."""

DRAWS_TAKEN = f"""
WITH part AS (
    SELECT draw.member_id, draw.asset, draw.id AS draw_id, part.lot_id, part.held + part.used + part.returned AS units,
           (left(draw.id::text, 33) || lpad(to_hex(
             ('x' || right(draw.id::text, 3))::bit(12)::int + part.number::int - 1), 3, '0'))::uuid AS id
      FROM ledger_draw AS draw
     CROSS JOIN LATERAL unnest(draw.lots, draw.held, draw.used, draw.returned) WITH ORDINALITY
           AS part(lot_id, held, used, returned, number)
     WHERE {ALONE.format(who="draw.member_id")}),
taken AS (SELECT member_id, id, account, lot_id, -amount AS units FROM ledger_entry
           WHERE amount < 0 AND account IN ({", ".join(f"'{name}'" for name in DRAWN)}))
SELECT part.member_id, part.asset, count(*) OVER (), part.draw_id,
       CASE WHEN taken.lot_id = part.lot_id THEN taken.units ELSE 0 END, part.units
  FROM part LEFT JOIN taken ON taken.member_id = part.member_id AND taken.id = part.id
 WHERE taken.lot_id IS DISTINCT FROM part.lot_id OR part.units > taken.units
    OR (part.units < taken.units AND taken.account <> 'hold')
 ORDER BY part.draw_id LIMIT %s
"""
"""Draws that do not remember what their entries took: held, used and returned are what came from each lot, less
what was released of a hold."""

LOTS_RAISED = f"""
WITH who AS (SELECT DISTINCT member_id, asset FROM reconcile_entry
              WHERE raises > 0 AND {ALONE.format(who="reconcile_entry.member_id")}),
entry AS (
    SELECT member_id, asset, lot_id AS id, sum(amount) FILTER (WHERE id = lot_id AND amount > 0) AS made,
           sum(amount) FILTER (WHERE {RAISES}) AS raised
      FROM ledger_entry JOIN who USING (member_id, asset) GROUP BY member_id, asset, lot_id),
lot AS (SELECT member_id, asset, id, amount FROM ledger_lot JOIN who USING (member_id, asset))
SELECT member_id, asset, count(*) OVER (), id, coalesce(made, 0)::bigint, coalesce(amount, 0)
  FROM entry FULL JOIN lot USING (member_id, asset, id)
 WHERE coalesce(amount, 0) NOT BETWEEN coalesce(made, 0) AND coalesce(made, 0) + coalesce(raised, 0)
 ORDER BY member_id, id LIMIT %s
"""
"""Lots, of members of whom some were raised, whose amount is less than what made them, or more than that and what
raised them."""

TOPUP_ROWS = """
SELECT member_id, wallet, count(*) OVER (), event_id, principal + bonus, principal_back + bonus_back
  FROM ledger_topup
 WHERE principal < 0 OR bonus < 0 OR principal_back NOT BETWEEN 0 AND principal
    OR bonus_back NOT BETWEEN 0 AND bonus OR (principal_back > 0 AND cardinality(refunds) = 0)
 ORDER BY member_id, event_id LIMIT %s
"""
"""Top-ups of which more was paid back than was paid in."""

ROWS = {
    "lot": LOT_ROWS,
    "lot_amount": LOTS_RAISED,
    "draw": DRAW_ROWS,
    "draw_taken": DRAWS_TAKEN,
    "topup": TOPUP_ROWS,
}
"""Check → rows that are wrong by themselves: member, asset, how many in all, the row's id, expected, found."""

HOUSE = """
SELECT asset, account, sum(units)::bigint FROM reconcile_entry GROUP BY asset, account ORDER BY asset, account
"""

MEMBERS_HOLD = """
SELECT asset, sum(balance)::bigint, sum(held)::bigint, sum(pending)::bigint FROM ledger_balance GROUP BY asset
"""

BY_EVENT = f"""
SELECT member_id, count(*) OVER () FROM reconcile_entry AS entry
  FULL JOIN reconcile_effect AS effect USING (member_id, asset, account)
 WHERE mod(coalesce(entry.by_event, 0) - coalesce(effect.by_event, 0), {PRIME}) <> 0
 GROUP BY member_id ORDER BY member_id LIMIT %s
"""
"""Members whose entries are not what their events' effects say."""

EVENTS_OF = f"""
WITH said AS (SELECT member_id, event, asset, account, sum(amount) AS units FROM ({MOVED}) AS moved
               WHERE member_id = %s GROUP BY member_id, event, asset, account),
     done AS (SELECT left(id::text, 33) AS event, asset, account, sum(amount) AS units FROM ledger_entry
               WHERE member_id = %s GROUP BY 1, 2, 3)
SELECT event || '000', asset, account, coalesce(said.units, 0)::bigint, coalesce(done.units, 0)::bigint
  FROM said FULL JOIN done USING (event, asset, account)
 WHERE coalesce(said.units, 0) <> coalesce(done.units, 0)
 ORDER BY event, asset, account LIMIT %s
"""
"""The events of one member whose effects and entries differ, by asset and account."""

COUNTS = """
SELECT (SELECT count(*) FROM ledger_balance), (SELECT coalesce(sum(entries), 0)::bigint FROM reconcile_entry),
       (SELECT coalesce(sum(lots), 0)::bigint FROM reconcile_lot), (SELECT count(*) FROM ledger_draw),
       (SELECT count(*) FROM ledger_topup), (SELECT coalesce(sum(effects), 0)::bigint FROM reconcile_effect)
"""
