"""What is wrong with something a person wrote, where, and the way out, in the reader's language."""

from dataclasses import dataclass, field

from regulars.language.text import Text, say

Place = tuple[str | int, ...]
"""The way to a value in a YAML or JSON document: `("rules", 2, "when", "all", 0, "value")`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong at `place`: `text` names it and says what to write instead."""

    place: Place
    text: Text

    def say(self, language: str) -> str:
        """`rules.2.when.all.0.value: …` in `language`."""
        path = ".".join(str(step) for step in self.place)
        return f"{path}: {say(self.text, language)}" if path else say(self.text, language)


class RefusedError(ValueError):
    """What was written can't be used. `problems` holds all that is wrong, in the order of the document."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(problem.say("en") for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Errors:
    """Collects problems, so that an author sees all of them at once."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, place: Place, text: Text) -> None:
        self.problems.append(Problem(place, text))

    def check(self) -> None:
        """Raise `RefusedError` if anything was added."""
        if self.problems:
            raise RefusedError(self.problems)


def words(zh_hans: str, zh_hant: str, en: str) -> dict[str, str]:
    """A text in the three languages of the interface."""
    return {"zh-hans": zh_hans, "zh-hant": zh_hant, "en": en}
