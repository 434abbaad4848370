"""The dry run: what each row of a file would do. Nothing happens to anybody."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from regulars.imports.contracts import AGAIN, DOUBTFUL, FAULTY, KNOWN, NEW, REPEATED, STRANGER
from regulars.imports.delimited import Row
from regulars.imports.faults import Fault
from regulars.imports.lines import Line, Reader
from regulars.imports.owners import STRANGER_FAULT, owners, repeated, taken, whose
from regulars.language.events import Identity

GOOD = (NEW, KNOWN, AGAIN)
BY_CODE = {"doubtful": DOUBTFUL, "repeated": REPEATED, "stranger": STRANGER}


@dataclass(slots=True)
class Check:
    """A file being checked, some rows after others. `seen`: whom rows meant, and which row did first."""

    reader: Reader
    name: str
    only_known: bool
    seen: dict[int, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def look(self, rows: Sequence[Row]) -> list[list[Fault] | None]:
        """What is wrong with each of these rows; None: it will be imported."""
        read = [self.reader.read(row) for row in rows]
        lines = [one for one in read if isinstance(one, Line)]
        found, before = owners(lines), taken(self.name, [line.number for line in lines])
        faults: list[list[Fault] | None] = []
        for one in read:
            if isinstance(one, list):
                self.counts[FAULTY] += 1
                faults.append(one)
                continue
            fault = self._place(one, *found[one.number], before=one.number in before)
            if fault is not None:
                self.counts[BY_CODE.get(fault.code, FAULTY)] += 1
            faults.append(None if fault is None else [fault])
        return faults

    @property
    def wanted(self) -> int:
        """How many rows will be imported."""
        return sum(self.counts[what] for what in GOOD)

    def _place(
        self, line: Line, named: dict[Identity, UUID], by_id: UUID | None, before: bool
    ) -> Fault | None:
        member = whose(line, named, by_id)
        if isinstance(member, Fault):
            return member
        if member is None and self.only_known:
            return STRANGER_FAULT
        marks = [hash(identity) for identity in line.identities] + ([hash(member)] if member else [])
        first = next((self.seen[mark] for mark in marks if mark in self.seen), None)
        if first is not None:
            return repeated(first)
        for mark in marks:
            self.seen[mark] = line.number
        self.counts[AGAIN if before else KNOWN if member else NEW] += 1
        return None
