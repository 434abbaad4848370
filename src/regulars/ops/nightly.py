"""What is checked every night, in the programme's time zone, and when somebody asks."""

from procrastinate.contrib.django import app

from regulars.ledger.proof.nightly import look as look_at_chain
from regulars.ledger.proof.nightly import verify_nightly
from regulars.ledger.tasks import look, look_nightly
from regulars.programme.service import NotPublished, current
from regulars.warehouse.nightly import look_nightly as look_at_warehouse
from regulars.warehouse.trouble import WarehouseNotReady


@app.periodic(cron="7,37 * * * *")
@app.task(name="ops.reconcile", queueing_lock="ops.reconcile", lock="ops.reconcile")
def reconcile(timestamp: int) -> bool:  # noqa: ARG001 - procrastinate passes it
    """Look at the books once a night. Asked twice an hour, so that a worker that slept through makes up for it."""
    try:
        zone = current().zone
    except NotPublished:
        return False
    return look_nightly(zone)


@app.periodic(cron="17,47 * * * *")
@app.task(name="ops.verify", queueing_lock="ops.verify", lock="ops.verify")
def verify(timestamp: int) -> bool:  # noqa: ARG001 - procrastinate passes it
    """Follow the chain over the books once a night, asked as often."""
    try:
        zone = current().zone
    except NotPublished:
        return False
    return verify_nightly(zone)


@app.periodic(cron="27,57 * * * *")
@app.task(name="ops.verify_warehouse", queueing_lock="ops.verify_warehouse", lock="ops.verify_warehouse")
def verify_warehouse(timestamp: int) -> bool:  # noqa: ARG001
    """Hold the warehouse beside the database once a night, asked as often; while it is being made, later."""
    try:
        return look_at_warehouse(current().zone)
    except (NotPublished, WarehouseNotReady):
        return False


@app.task(name="ops.reconcile_now", queueing_lock="ops.reconcile_now", lock="ops.reconcile")
def reconcile_now() -> bool:
    """Look at the books because somebody asked; whether they add up."""
    return look().ok


@app.task(name="ops.verify_now", queueing_lock="ops.verify_now", lock="ops.verify")
def verify_now() -> bool:
    """Follow the chain over the books because somebody asked; whether it is whole."""
    return look_at_chain().ok
