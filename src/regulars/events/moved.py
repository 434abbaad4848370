"""What the log says was moved: the effects of every event as rows, for whoever compares them with the books."""

MOVED = """
    SELECT event.member_id, left(event.id::text, 33) AS event, effect.asset,
           side.account, side.amount
      FROM events_event AS event
     CROSS JOIN LATERAL json_to_recordset(
               CASE WHEN json_typeof(event.effects) = 'array' THEN event.effects ELSE '[]' END)
               AS effect(kind text, asset text, amount text, account text, pending text)
     CROSS JOIN LATERAL (SELECT CASE WHEN effect.amount ~ '^[0-9]{1,18}$' THEN effect.amount::bigint END AS units)
               AS stated
     CROSS JOIN LATERAL (VALUES
               (coalesce(effect.account, 'issue'),
                CASE effect.kind WHEN 'take' THEN -stated.units ELSE stated.units END),
               ('pending', CASE WHEN effect.kind = 'credit' AND effect.pending = 'true' THEN -stated.units END)
           ) AS side(account, amount)
     WHERE effect.kind IN ('credit', 'take', 'give') AND side.amount IS NOT NULL
"""
"""(member_id, event, asset, account, amount): what each effect moves between the member and a house account, as the
member sees it. `event` is the event's id without its last 12 bits, as text. A pending credit moves twice;
what states no whole number of units moves nothing."""
