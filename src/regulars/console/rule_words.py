"""What the rule builder is told once: the names of a programme's things, and the builder's own words."""

from typing import Any

from django.utils.translation import gettext as _

from regulars.language.problems import words as sentence
from regulars.language.text import Text, say
from regulars.messaging.contracts import Template
from regulars.programme import building
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary.festivals import named


def no_such_rule(rule: str) -> Text:
    return sentence(
        f"没有编号为 {rule} 的规则，可能已删除。请从规则列表打开。",
        f"沒有編號為 {rule} 的規則，可能已刪除。請從規則清單開啟。",
        f"There is no rule {rule}: it may have been deleted. Open one from the list of rules.",
    )


def setup(programme: Programme, language: str) -> dict[str, Any]:
    """The names of what rules of this programme can speak of, as (id, name)."""
    groups = sorted({rule.group.id for rule in programme.rules if rule.group is not None})
    return {
        "currency": programme.currency,
        "member_day": programme.member_day is not None,
        "types": building.event_types(programme, language),
        "assets": _named(programme.assets, language),
        "ladders": [
            {
                "id": each.id,
                "name": say(each.name, language),
                "levels": [(level.id, say(level.name, language)) for level in each.levels],
            }
            for each in programme.ladders.values()
        ],
        "templates": [(each.id, _subject(each, language)) for each in programme.templates.values()],
        "benefits": _named(programme.benefits, language),
        "campaigns": _named(programme.campaigns, language),
        "groups": groups,
        "holidays": [(name, say(label, language)) for name, label in named().items()],
    }


def _named(things: Any, language: str) -> list[tuple[str, str]]:
    return [(each.id, say(each.name, language)) for each in things.values()]


def _subject(template: Template, language: str) -> str:
    """What a message is called, its blanks as dots."""
    said = say(template.subject, language)
    while "{" in said and "}" in said[said.index("{") :]:
        start = said.index("{")
        said = said[:start] + "…" + said[said.index("}", start) + 1 :]
    return said


def words() -> dict[str, str]:
    """The words of the rule builder (frontend/src/rules)."""
    return _what() | _times() | _actions() | _bounds() | _trying()


def _what() -> dict[str, str]:
    return {
        "what": _("When this happens"),
        "name": _("Name of the rule"),
        "translate": _("In several languages"),
        "language_zh-hans": "简体中文",
        "language_zh-hant": "繁體中文",
        "language_en": "English",
        "id": _("Id"),
        "id_help": _("Small letters, digits and underscores. Another id makes another rule."),
        "on": _("Starts from"),
        "when": _("and these conditions hold"),
        "then": _("then"),
        "open": _("When it applies"),
        "bounds": _("Limits and budget"),
        "among": _("Among other rules"),
        "trying": _("Try it with some members first"),
        "in_words": _("The rule in words"),
        "begin": _("Give it a name and say what follows."),
        "to_put_right": _("To be put right:"),
        "keep": _("Put it into a draft"),
        "draft": _("Draft"),
        "new_draft": _("A new draft of the version in force"),
        "put_there": _("Put it there"),
    }


def _times() -> dict[str, str]:
    return {
        "occasion": _("When it is due"),
        "occasion_cron": _("By the clock"),
        "occasion_birthday": _("Birthday"),
        "occasion_anniversary": _("Day of joining"),
        "occasion_holiday": _("Holiday or festival"),
        "occasion_member_day": _("Member day"),
        "at": _("At what time"),
        "catch_up": _("If missed, still within"),
        "hours_unit": _("hours"),
        "cron": _("Minute, hour, day, month, weekday"),
        "cron_help": _("In the programme's time zone, not more often than every 15 minutes."),
        "usual": _("Usual times"),
        "own_cron": _("As written"),
        "cron_0": _("Every day at 9:00"),
        "cron_1": _("Every Monday at 9:00"),
        "cron_2": _("On the 1st of the month at 9:00"),
        "cron_3": _("On the 18th of the month at 9:00"),
        "shift": _("On which day"),
        "on_day": _("On the day itself"),
        "days_before": _("Days before"),
        "days_after": _("Days after"),
        "holiday": _("Which one"),
        "from": _("From this day"),
        "until": _("Through this day"),
        "add_window": _("Only at certain times"),
        "other_window": _("Or at other times"),
        "window_of": _("Time slot"),
        "month_days": _("Days of the month"),
        "month_days_help": _("1 to 31; -1 is the last day."),
        "weekdays": _("Weekdays"),
        "months_of": _("Months"),
        "hours": _("Hours"),
        "near": _("Around an occasion"),
        "no_occasion": _("No occasion"),
        "whole_month": _("The whole month"),
        "only_member_day": _("On the member day only"),
    }


def _actions() -> dict[str, str]:
    return {
        "action": _("Action"),
        "add_action": _("Add an action"),
        "up": _("Move up"),
        "action_credit": _("Give points or value"),
        "action_debit": _("Take points or value"),
        "action_tier": _("Set the level"),
        "action_tag": _("Change tags"),
        "action_message": _("Send a message"),
        "action_grant": _("Grant a benefit"),
        "asset": _("Asset"),
        "counted": _("How it is counted"),
        "fixed": _("a fixed amount"),
        "each": _("for each unit of something"),
        "amount": _("How much"),
        "for_each": _("How much for each"),
        "step": _("For every so many"),
        "of": _("Of what"),
        "only_lines": _("Only lines of which"),
        "multiplier": _("Multiplied by"),
        "rounding": _("Rounding"),
        "rounding_down": _("rounded down"),
        "rounding_half": _("rounded to the nearest"),
        "rounding_up": _("rounded up"),
        "cap": _("At most"),
        "when_balance_short": _("If the balance is short"),
        "short_skip": _("do nothing"),
        "short_partial": _("up to what is left"),
        "ladder": _("Ladder"),
        "level": _("To which level"),
        "up_only": _("Only upward"),
        "tag_add": _("Add tags"),
        "tag_remove": _("Remove tags"),
        "template": _("Message"),
        "benefit": _("Benefit"),
    }


def _bounds() -> dict[str, str]:
    return {
        "limit": _("Limit for each member"),
        "budget": _("Budget of the rule"),
        "times": _("How often"),
        "times_unit": _("times"),
        "units": _("In units"),
        "money": _("In money"),
        "per": _("Counted anew"),
        "per_day": _("every day"),
        "per_week": _("every week"),
        "per_month": _("every month"),
        "per_year": _("every year"),
        "per_lifetime": _("never"),
        "when_budget_short": _("If the budget is short"),
        "campaign": _("Campaign"),
        "no_campaign": _("No campaign"),
        "priority": _("Priority"),
        "priority_help": _("Higher comes first."),
        "group_of": _("Group of rules"),
        "pick": _("Of the group"),
        "pick_first": _("the first applies"),
        "pick_best": _("the best applies"),
        "stop": _("When it holds, no rule after it is asked"),
        "trial": _("Only for a test audience until it is published without"),
        "trial_tag": _("With the tag"),
        "trial_members": _("These members (ids)"),
        "trial_when": _("Or members of whom"),
    }


def _trying() -> dict[str, str]:
    return {
        "try_on": _("Try it on a member"),
        "member": _("Member"),
        "member_help": _("Phone, card, e-mail or id"),
        "try_it": _("Try"),
        "try_event": _("On which event"),
        "latest_event": _("The latest such event"),
        "typed_order": _("An order that I type"),
        "total": _("Total"),
        "channel": _("Channel"),
        "store": _("Store"),
        "add_line": _("Add a line"),
        "line_sku": _("Product number"),
        "line_category": _("Category"),
        "line_brand": _("Brand"),
        "line_quantity": _("Quantity"),
        "line_price": _("Unit price"),
    }
