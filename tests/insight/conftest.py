"""Histories to count reports over: `duck`, `spark` and `tables`, see `tests.warehouse.histories`."""

from tests.warehouse.histories import duck, history_folder, spark, tables

__all__ = ["duck", "history_folder", "spark", "tables"]
