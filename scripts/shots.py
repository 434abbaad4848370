"""A picture of every page: `scripts/shots.py [--url URL] [--data FOLDER] [--only WORD] [--out FOLDER]`.

Needs a server that runs on the demo data (`make demo`) and the Debian chromium. Takes each page on a phone (375) and a
desktop (1440), light and dark, in Chinese and English, into shots/ (ignored by git), and fails where a page
overflows sideways, logs an error, or answers with one.
"""

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip
SIZES = {"phone": {"width": 375, "height": 812}, "desktop": {"width": 1440, "height": 900}}
THEMES = ("light", "dark")
LANGUAGES = {"zh": "zh-hans", "en": "en"}
HANT = {"hant": "zh-hant"}
LOCALES = {"zh": "zh-CN", "hant": "zh-TW", "en": "en-US"}


class Trouble(SystemExit):
    """Cannot go on: one sentence."""


@dataclass(slots=True)
class Report:
    """What was taken and what was wrong."""

    taken: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shot:
    """One page to take. `click` is opened first."""

    name: str
    path: str
    click: str = ""


def main() -> int:
    options = arguments()
    out = Path(options.out)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    operator = credentials(options)
    report = Report()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
        for language, code in (LANGUAGES | HANT if options.hant else LANGUAGES).items():
            state = signed_in(browser, options.url, operator, code)
            for size in SIZES:
                take_all(browser, state, options, (language, code, size), report)
        browser.close()
    print(f"{report.taken} pictures in {out}/")
    print(*report.problems, sep="\n")
    return 1 if report.problems else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the server answers")
    parser.add_argument("--data", default=os.environ.get("REGULARS_DATA", "data"), help="its data folder")
    parser.add_argument("--email", help="an operator; otherwise the demo's, from the data folder")
    parser.add_argument("--password")
    parser.add_argument("--out", default="shots")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--hant", action="store_true", help="traditional Chinese too")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome") or "")
    options = parser.parse_args()
    if not options.chromium:
        raise Trouble(
            "There is no chromium: sudo apt-get install chromium fonts-noto-cjk, or name one with --chromium."
        )
    try:
        urlopen(urljoin(options.url, "/healthz"), timeout=10).close()
    except (URLError, OSError) as error:
        raise Trouble(
            f"No server answers at {options.url} ({error}): start `make demo` in another terminal."
        ) from None
    return options


def credentials(options: argparse.Namespace) -> tuple[str, str]:
    """The operator to sign in as."""
    if options.email and options.password:
        return options.email, options.password
    path = Path(options.data) / "demo.json"
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        raise Trouble(
            f"{path} is missing: name an operator with --email and --password, or the data with --data."
        ) from None
    return found["email"], found["password"]


def take_all(
    browser: Browser, state: Any, options: argparse.Namespace, where: tuple[str, str, str], report: Report
) -> None:
    """Every page in one language and size, both themes: the sign-in page as a stranger, the rest signed in."""
    language, code, size = where
    look: dict[str, Any] = {
        "viewport": SIZES[size], "locale": LOCALES[language], "base_url": options.url,
        "has_touch": size == "phone", "is_mobile": size == "phone",
    }  # fmt: skip
    stranger = browser.new_context(**look)
    stranger.add_cookies([{"name": "django_language", "value": code, "url": options.url}])
    take(watched(stranger, report, where), Shot("sign-in", "/accounts/login/"), options, where, report)
    stranger.close()
    context = browser.new_context(**look, storage_state=state)
    page = watched(context, report, where)
    address = ""
    for shot in console_shots(page):
        take(page, shot, options, where, report)
    if not options.only or "portal".startswith(options.only) or options.only.startswith("portal"):
        # A code can be had once a minute: each look is another member's.
        address = (
            a_phone(page, list(LANGUAGES | HANT).index(language) * len(SIZES) + list(SIZES).index(size)) or ""
        )
    context.close()
    visitor = browser.new_context(**look)
    for shot in portal_shots(watched(visitor, report, where), address, report):
        take(visitor.pages[0], shot, options, where, report)
    visitor.close()


def watched(context: BrowserContext, report: Report, where: tuple[str, str, str]) -> Page:
    """A page whose errors are noted."""
    page = context.new_page()
    page.on("pageerror", lambda error: report.problems.append(f"{where}: {page.url}: {error}"))
    page.on(
        "console",
        lambda message: (
            report.problems.append(f"{where}: {page.url}: {message.text}")
            if message.type == "error"
            else None
        ),
    )
    return page


def signed_in(browser: Browser, url: str, operator: tuple[str, str], code: str) -> Any:
    """The cookies of this operator, with this language chosen."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", operator[0])
    page.fill("input[name=password]", operator[1])
    page.locator("form[action='/accounts/login/'] button[type=submit]").click()
    page.wait_for_url(re.compile("/console/"))
    page.locator("form[action='/console/language']").evaluate(
        "(form, code) => form.querySelector(`button[value=${code}]`).click()", code
    )
    page.wait_for_selector(f"html[lang={code}]")
    state = context.storage_state()
    context.close()
    return state


REPORTS = (
    "overview", "funnel", "rates", "cohorts", "levels", "points", "mix", "channels", "stores", "products", "rfm",
    "lifecycle", "models", "economics", "costs", "deferred",
)  # fmt: skip


def console_shots(page: Page) -> Iterator[Shot]:
    """The console's pages; records are the first that the lists show."""
    yield Shot("home", "/console/")
    yield Shot("home-menu", "/console/", ".top [data-bs-target='#menu']")
    yield Shot("members", "/console/members/?sort=spend")
    yield Shot("audiences", "/console/members/audiences/")
    yield Shot("audience-new", "/console/members/audiences/new")
    yield Shot("insight", "/console/insight/")
    for report in REPORTS:
        yield Shot(f"report-{report}", f"/console/insight/reports/{report}/")
    yield Shot("report-mails", "/console/insight/mails/")
    yield Shot("report-before", "/console/insight/reports/overview/?against=previous")
    yield Shot("what-if", "/console/insight/what-if/")
    yield Shot("experiments", "/console/insight/experiments/")
    yield Shot("experiment-plan", "/console/insight/experiments/plan")
    yield Shot("activity", "/console/insight/experiments/output")
    yield Shot("members-filter", "/console/members/?has=phone", ".filters [data-bs-toggle=dropdown]")
    yield Shot("members-nobody", "/console/members/?q=zzzzzz")
    yield Shot("audiences", "/console/members/audiences/")
    yield Shot("audiences-overlap", "/console/members/audiences/overlap")
    yield Shot("audience-new", "/console/members/audiences/new")
    audience = first_link(page, "/console/members/audiences/", "tr[data-href]")
    if audience:
        yield Shot("audience", audience)
        yield Shot("audience-edit", f"{audience}edit")
        yield Shot("audience-export", f"{audience}export")
        name = audience.rstrip("/").rsplit("/", 1)[1]
        yield Shot("report-beside", f"/console/insight/reports/overview/?against=audience:{name}")
    yield Shot("tags", "/console/members/tags/")
    yield Shot("imports", "/console/members/import/")
    imported = first_link(page, "/console/members/import/", "tr[data-href]")
    if imported:
        yield Shot("import", imported)
    yield Shot("bulk", "/console/members/bulk/?do=tag&all=1&query=has%3Dphone")
    yield Shot("bulk-changes", "/console/members/bulk/all")
    yield from first_ones(page)
    member = first_link(page, "/console/members/?sort=spend", "tr[data-href]")
    if member:
        yield Shot("member", member, ".btn-why")
        yield Shot("member-books", f"{member}books/")
        yield Shot("member-books-wallet", f"{member}books/?asset=wallet")
        yield Shot("member-books-change", f"{member}books/", ".statement .dropdown [data-bs-toggle=dropdown]")
        yield Shot("member-adjust", f"{member}books/adjust")
        yield Shot("member-benefits", f"{member}benefits/")
        yield Shot("member-merge", f"{member}merge?q=a")
        twin = first_link(page, f"{member}merge?q=a", "a.btn-sm[href*='/merge/']", "href")
        if twin:
            yield Shot("member-merge-with", twin)
        gone = first_link(page, "/console/members/?merged=1", "tr[data-href]")
        if gone:
            yield Shot("member-gone", gone)
        yield Shot("member-level", f"{member}levels/level")
    last = first_link(page, "/console/members/?sort=spend&order=asc", "tr[data-href]")
    if last:
        yield Shot("member-poor", last)
    yield Shot("books", "/console/books/")
    yield Shot("books-budgets", "/console/books/budgets/")
    yield Shot("books-approvals", "/console/books/approvals/")
    yield Shot("books-reconciliation", "/console/books/reconciliation/")
    yield Shot("programme", "/console/programme/")
    yield Shot("programme-diff", "/console/programme/diff")
    yield Shot("programme-rules", "/console/programme/rules/")
    yield Shot("programme-rule", "/console/programme/rules/build?rule=member_day")
    yield Shot("programme-gallery", "/console/programme/gallery/")
    yield Shot("programme-drafts", "/console/programme/drafts/")
    yield Shot("benefits", "/console/benefits/")
    yield Shot("benefits-verify", "/console/benefits/verify")
    yield Shot("plans", "/console/plans/")
    yield Shot("plans-applications", "/console/plans/applications/")
    yield Shot("alerts", "/console/alerts/")
    yield Shot("programme-matrices", "/console/programme/matrices/")
    yield Shot("events", "/console/events/")
    event = first_link(page, "/console/events/?type=order.paid", "tr[data-href]")
    if event:
        yield Shot("event", event)
    yield Shot("settings", "/console/settings/")
    yield Shot("settings-operator-new", "/console/settings/operators/new")
    operator = first_link(page, "/console/settings/", "tr[data-href]")
    if operator:
        yield Shot("settings-operator", operator)
    yield Shot("settings-key-new", "/console/settings/keys/new")
    yield Shot("account", "/console/account/")
    yield Shot("password", "/accounts/password/change/")
    yield Shot("two-step", "/accounts/2fa/")
    yield Shot("two-step-app", "/accounts/2fa/totp/activate/")
    yield Shot("passkeys", "/accounts/2fa/webauthn/")
    yield Shot("search", "/console/members/?q=1")


FIRST_ONES = (
    ("what-if-one", "/console/insight/what-if/", "main td a.main"),
    ("experiment", "/console/insight/experiments/", "main li a"),
    ("tag", "/console/members/tags/", "main td a.btn-sm"),
    ("bulk-change", "/console/members/bulk/all", "main td a"),
)


def first_ones(page: Page) -> Iterator[Shot]:
    """The first of each list, where there is one."""
    for name, path, row in FIRST_ONES:
        found = first_link(page, path, row, "href")
        if found:
            yield Shot(name, found)


def first_link(page: Page, path: str, row: str, attribute: str = "data-href") -> str | None:
    page.goto(path)
    found = page.locator(row).first
    return found.get_attribute(attribute) if found.count() else None


def portal_shots(page: Page, phone: str, report: Report) -> Iterator[Shot]:
    """The portal as a member who has a phone number sees it; where nobody has one, its sign-in alone."""
    if page.request.get("/m/sign-in/").status >= 400:
        return
    yield Shot("portal-sign-in", "/m/sign-in/")
    if not phone:
        return
    page.goto("/m/sign-in/")
    page.fill("input[name=address]", phone)
    page.locator("form[action='/m/sign-in/'] button").click()
    code = page.locator(".demo b")
    if not code.count():
        error = page.locator(".error, .demo").first
        reason = (
            error.inner_text()
            if error.count()
            else "the server does not show codes (REGULARS_DEMO=true does)"
        )
        report.problems.append(f"the members' pages were not taken: {reason}")
        return
    page.fill("input[name=code]", code.inner_text())
    page.locator("form[action='/m/sign-in/code/'] button").click()
    page.wait_for_load_state("load")
    for name in (
        "",
        "growth/",
        "benefits/",
        "plans/",
        "points/",
        "orders/",
        "inbox/",
        "me/",
        "me/edit/",
        "me/messages/",
    ):
        yield Shot(f"portal-{name.strip('/').replace('/', '-') or 'card'}", f"/m/{name}")
    for name, path in (("wallet", "points/?asset=wallet"), ("gifts", "gifts/")):
        if page.request.get(f"/m/{path}").ok:  # where the programme has them
            yield Shot(f"portal-{name}", f"/m/{path}")


def a_phone(page: Page, place: int) -> str | None:
    """The phone number of the member at that place of the list of those who spent most."""
    page.goto("/console/members/?has=phone&sort=spend")
    rows = page.locator("tr[data-href]")
    if not rows.count():
        return None
    page.goto(rows.nth(min(place, rows.count() - 1)).get_attribute("data-href") or "")
    found = page.locator("dd", has_text=re.compile(r"^\s*\+\d{6,}")).first
    return found.inner_text().strip() if found.count() else None


def take(
    page: Page, shot: Shot, options: argparse.Namespace, where: tuple[str, str, str], report: Report
) -> None:
    """Both themes of one page, and a look for sideways overflow."""
    if options.only not in shot.name:
        return
    language, code, size = where
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        answer = page.goto(shot.path, wait_until="load")
        if answer is not None and answer.status >= 400:
            report.problems.append(f"{where}: {shot.path} answers {answer.status}")
        if shot.path.startswith("/console/") and "/accounts/" in page.url:
            report.problems.append(f"{where}: {shot.path} asks to sign in")
        if not (page.locator("html").get_attribute("lang") or "").lower().startswith(code[:2]):
            report.problems.append(f"{where}: {shot.path} is in another language")
        if shot.click and page.locator(shot.click).first.is_visible():
            page.locator(shot.click).first.click()
            page.wait_for_timeout(400)
        page.wait_for_function(DRAWN)
        page.wait_for_timeout(100)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            wide = page.evaluate(WIDEST)
            report.problems.append(f"{where}: {shot.path} overflows sideways: {wide}")
        name = f"{shot.name}-{language}-{size}-{theme}.png"
        page.screenshot(path=Path(options.out) / name, full_page=True)
        report.taken += 1


DRAWN = """() => !document.querySelector('.charts-wait')
  && [...document.querySelectorAll('[data-chart]')].every(each => each.firstChild)"""
WIDEST = """() => [...document.body.querySelectorAll('*')]
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(0, 3).map(each => each.tagName + '.' + each.className).join(' | ')"""


if __name__ == "__main__":
    sys.exit(main())
