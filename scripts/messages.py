"""Translations without GNU gettext: `messages.py extract | check | compile`.

extract  brings every room's .po files up to date with its code and templates (obsolete ones are kept as #~)
check    fails on missing, fuzzy and obsolete entries, on placeholders that differ, and where two rooms
         translate the same words differently
compile  writes the .mo files
A room takes part as soon as it has a folder `locale`. The msgid is the English text.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from catalogues import catalogues, compile_catalogues
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[1] / "src/regulars"
LOCALES = ("zh_Hans", "zh_Hant")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")

Found = tuple[str | tuple[str, ...], str | None]


def rooms() -> list[Path]:
    """The rooms that have a locale folder."""
    return sorted(path.parent for path in PACKAGE.glob("*/locale"))


def found_in(path: Path) -> Iterator[Found]:
    """The messages of one Python file or template, with their context."""
    source = path.read_text()
    if path.suffix != ".py":
        source = "\n".join(line.strip() for line in templatize(source).split("\n"))
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        yield message, context


def template_of(room: Path) -> Catalog:
    """Everything that the room says, untranslated."""
    catalogue = Catalog(fuzzy=False)
    files = [*room.rglob("*.py"), *room.glob("templates/**/*.html"), *room.glob("templates/**/*.txt")]
    for path in sorted(files):
        for message, context in found_in(path):
            catalogue.add(message, locations=[(str(path.relative_to(PACKAGE.parent)), 0)], context=context)
    return catalogue


def read(path: Path, locale: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=locale, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def update() -> None:
    """Brings the .po files up to date; says what is left to translate."""
    for room in rooms():
        template = template_of(room)
        for locale in LOCALES:
            path = room / "locale" / locale / "LC_MESSAGES/django.po"
            catalogue = read(path, locale)
            catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
            catalogue.header_comment = f"# {room.name}: {locale}"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                write_po(out, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=False)
            tidy_header(path)
            print(
                f"{room.name} {locale}: {sum(not translated(entry) for entry in entries(catalogue))} to translate"
            )


def tidy_header(path: Path) -> None:
    """Drops the header's dates and names, which would change with every run."""
    noise = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By",
             "Project-Id-Version", "Report-Msgid-Bugs-To")  # fmt: skip
    lines = [
        line
        for line in path.read_text().split("\n")
        if not line.startswith(tuple(f'"{word}' for word in noise))
    ]
    path.write_text("\n".join(lines))


def entries(catalogue: Catalog) -> Iterable[Message]:
    return (message for message in catalogue if message.id)


def strings(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def translated(entry: Message) -> bool:
    return bool(strings(entry)) and all(strings(entry))


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def problems_of(path: Path, locale: str, template: Catalog) -> Iterator[str]:
    """What is wrong with one .po file, a line each."""
    catalogue = read(path, locale)
    for entry in entries(template):
        known = catalogue.get(entry.id if isinstance(entry.id, str) else entry.id[0], entry.context)
        name = entry.id if isinstance(entry.id, str) else entry.id[1]
        if known is None or not translated(known):
            yield f"missing: {name!r}"
        elif known.fuzzy:
            yield f"fuzzy: {name!r}"
        elif any(placeholders(string) != placeholders(name) for string in strings(known)):
            yield f"placeholders differ: {name!r} → {known.string!r}"
    for entry in [*entries(catalogue), *catalogue.obsolete.values()]:
        name = entry.id if isinstance(entry.id, str) else entry.id[0]
        if template.get(name, entry.context) is None:
            yield f"obsolete: {name!r}"


def conflicts() -> Iterator[str]:
    """The same words translated differently by two rooms: Django would show one of the two everywhere."""
    for locale in LOCALES:
        seen: dict[tuple[object, object], tuple[str, object]] = {}
        for room in rooms():
            for entry in entries(read(room / "locale" / locale / "LC_MESSAGES/django.po", locale)):
                if not translated(entry):
                    continue
                other, string = seen.setdefault((entry.context, entry.id), (room.name, entry.string))
                if string != entry.string:
                    yield f"{locale}: {entry.id!r} is {string!r} in {other} but {entry.string!r} in {room.name}"


def check() -> int:
    """Prints every problem; answers how many."""
    problems = list(conflicts())
    for room in rooms():
        template = template_of(room)
        for locale in LOCALES:
            path = room / "locale" / locale / "LC_MESSAGES/django.po"
            problems += [
                f"{path.relative_to(PACKAGE.parent)}: {line}" for line in problems_of(path, locale, template)
            ]
    print(*problems, sep="\n", end="\n" if problems else "")
    return len(problems)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract"]:
            update()
            return 0
        case ["check"]:
            count = check()
            print(f"{len(catalogues(PACKAGE))} catalogues, {count} problems")
            return 1 if count else 0
        case ["compile"]:
            print(f"{compile_catalogues(PACKAGE)} compiled")
            return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
