"""The translation tool finds what gettext would have found, and what a careless hand leaves behind."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import catalogues as catalogue_tool  # noqa: E402
import messages as tool  # noqa: E402

VIEW = """from django.utils.translation import gettext as _, ngettext
def say(n): return _("Hello %(name)s") % {"name": n}, ngettext("%(n)d cat", "%(n)d cats", n)
"""
PAGE = """{% load i18n %}
  {% if x %}<p title="{% translate 'A title' %}">
    it's {% blocktranslate with a=b %}Total {{ a }}{% endblocktranslate %}</p>{% endif %}
"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room with a view, a template and an empty locale folder."""
    room = tmp_path / "regulars" / "shop"
    (room / "templates").mkdir(parents=True)
    (room / "locale").mkdir()
    (room / "views.py").write_text(VIEW)
    (room / "templates" / "page.html").write_text(PAGE)
    monkeypatch.setattr(tool, "PACKAGE", room.parent)
    return room


def translate(room: Path, words: dict[str, str]) -> None:
    """Write these translations into both catalogues."""
    for path in room.glob("locale/*/LC_MESSAGES/django.po"):
        text = path.read_text()
        for source, target in words.items():
            text = text.replace(f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{target}"')
            text = text.replace(
                f'msgid_plural "{source}"\nmsgstr[0] ""', f'msgid_plural "{source}"\nmsgstr[0] "{target}"'
            )
        path.write_text(text)


ALL = {
    "Hello %(name)s": "你好 %(name)s", "%(n)d cats": "%(n)d 只猫", "A title": "标题", "Total %(a)s": "合计 %(a)s",
}  # fmt: skip


def test_extract_translate_check_compile(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tool.update()
    assert tool.check() == 8
    assert "missing: 'A title'" in capsys.readouterr().out
    translate(room, ALL)
    assert tool.check() == 0
    assert catalogue_tool.compile_catalogues(room.parent) == 2
    assert catalogue_tool.compile_catalogues(room.parent) == 0
    assert len(list(room.glob("locale/*/LC_MESSAGES/django.mo"))) == 2


def test_a_lost_placeholder_is_found(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tool.update()
    translate(room, {**ALL, "Hello %(name)s": "你好"})
    assert tool.check() == 2
    assert "placeholders differ: 'Hello %(name)s'" in capsys.readouterr().out


def test_what_the_code_says_no_more_is_found(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tool.update()
    translate(room, ALL)
    (room / "views.py").write_text("")
    assert tool.check() == 4
    assert "obsolete: 'Hello %(name)s'" in capsys.readouterr().out
    tool.update()
    assert tool.check() == 4


def test_two_rooms_that_differ_are_found(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = room.parent / "mall"
    (other / "locale").mkdir(parents=True)
    (other / "views.py").write_text('from django.utils.translation import gettext as _\nX = _("A title")\n')
    tool.update()
    translate(room, ALL)
    translate(other, {"A title": "抬头"})
    assert tool.check() == 2
    assert "'A title' is '抬头' in mall but '标题' in shop" in capsys.readouterr().out


def test_the_projects_own_catalogues_are_complete() -> None:
    assert tool.check() == 0
