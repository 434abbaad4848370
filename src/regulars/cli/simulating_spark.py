"""`regulars programme simulate --engine spark`: loaded only for that, since Spark's side takes long to load."""

from datetime import datetime

from regulars.insight.comparing import Compared
from regulars.insight.spark import over_spark
from regulars.kit.errors import CliError
from regulars.programme.contracts import Programme
from regulars.settings import CONFIG
from regulars.warehouse.backends import SPARK, scheme
from regulars.warehouse.trouble import BackendDown


def lived(
    before: Programme, after: Programme, sources: tuple[str, str], first: datetime, until: datetime
) -> Compared:
    """The history lived through both over Spark. `sources`: the texts of both. Raises CliError."""
    url = CONFIG.warehouse_url if scheme(CONFIG.warehouse_url) == SPARK else f"{SPARK}://"
    try:
        return over_spark(before, after, sources, first, until, url)
    except BackendDown as error:
        raise CliError(f"Spark does not answer ({error}). The extra “spark” and Java are needed.") from None
