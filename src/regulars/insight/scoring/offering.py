"""Everybody's recommendations written: a bucket a transaction."""

from datetime import date
from uuid import UUID

from django.db import transaction

from regulars.insight.scoring.arrays import People
from regulars.insight.scoring.recommend import offers, wares
from regulars.kit.ids import bucket_of
from regulars.kit.rows import cursor
from regulars.members.recommending import Row, replace
from regulars.warehouse.contracts import Tables


def write(tables: Tables, people: People, until: date) -> int:
    """Make everybody's recommendations what they are by `until`; how many members have some."""
    known = wares(tables, until)
    ids = {int(number): UUID(one) for number, one in zip(people.numbers, people.ids, strict=True)}
    buckets: list[list[Row]] = [[] for _ in range(64)]
    members = 0
    for number, found in offers(known):
        member = ids.get(number)
        if member is None:
            continue
        members += 1
        buckets[bucket_of(member)] += [
            (member, rank, one.sku, known.names.get(one.sku, ""), known.prices.get(one.sku), one.reason)
            for rank, one in enumerate(found, start=1)
        ]
    for bucket, given in enumerate(buckets):
        with transaction.atomic(), cursor() as open_cursor:
            replace(open_cursor, bucket, given)
    return members
