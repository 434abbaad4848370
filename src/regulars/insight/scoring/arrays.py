"""From a run's tables to columns: everybody's histories, in the order of their ids."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Words = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Column:
    """One score of everybody: a number (NaN: none) and a word (empty: none)."""

    values: Numbers
    labels: Words

    @property
    def given(self) -> NDArray[np.bool_]:
        """Who has it."""
        return np.asarray(~np.isnan(self.values) | (self.labels != ""))


@dataclass(frozen=True, slots=True)
class People:
    """Who is scored, as columns; `row_of` finds a member number's row."""

    numbers: NDArray[np.int64]
    ids: Words
    columns: dict[str, Numbers]
    words: dict[str, Words]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, name: str) -> Numbers:
        return self.columns[name]

    def spread(self, found: pa.Table) -> dict[str, Any]:
        """The columns of `found` (which has `member`), a row for each of these people, empty where it has none."""
        numbers = found["member"].to_numpy(zero_copy_only=False)
        rows = np.searchsorted(self.numbers, numbers)
        rows = np.minimum(rows, max(len(self.numbers) - 1, 0))
        here = self.numbers[rows] == numbers if len(self.numbers) else np.zeros(len(numbers), bool)
        spread: dict[str, Any] = {}
        for name in found.column_names:
            if name == "member":
                continue
            if pa.types.is_string(found[name].type) or pa.types.is_large_string(found[name].type):
                words = np.full(len(self), "", dtype=object)
                words[rows[here]] = np.asarray(found[name].to_pylist(), dtype=object)[here]
                spread[name] = words
            else:
                values = np.full(len(self), np.nan)
                values[rows[here]] = floats(found[name])[here]
                spread[name] = values
        return spread


def people_of(found: pa.Table) -> People:
    """The people of `stages.placed`'s rows."""
    found = found.sort_by("member")
    texts = {"member_id", "stage", "layer"}
    return People(
        found["member"].to_numpy(zero_copy_only=False),
        np.asarray(found["member_id"].to_pylist(), dtype=object),
        {name: floats(found[name]) for name in found.column_names if name not in {*texts, "member"}},
        {name: np.asarray(found[name].to_pylist(), dtype=object) for name in ("stage", "layer")},
    )


def floats(column: pa.ChunkedArray) -> Numbers:
    """A column of numbers, NaN where it says nothing."""
    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def numbers_of(values: Numbers) -> Column:
    """A score without words."""
    return Column(values, np.full(len(values), "", dtype=object))


def words_of(labels: Words, values: Numbers | None = None) -> Column:
    """A score that is a word, with a number beside it or none."""
    return Column(np.full(len(labels), np.nan) if values is None else values, labels)
