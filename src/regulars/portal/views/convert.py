"""Turning units of one asset into those of another, at the programme's rate."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from regulars.ledger.contracts import Conversion
from regulars.ledger.queries import balances
from regulars.portal import acts, commands, formats
from regulars.portal.forms import ConvertForm
from regulars.portal.pages import MemberVisit, member_page


@require_http_methods(["GET", "POST"])
@member_page
def convert(visit: MemberVisit, conversion_id: str) -> HttpResponse:
    """The rate, what there is, how many; the same form sent twice converts once."""
    conversion = visit.programme.conversions.get(conversion_id)
    if conversion is None:
        raise Http404
    source, target = (visit.programme.assets[one] for one in (conversion.source, conversion.target))
    if visit.request.method != "POST":
        most = formats.plain(_most(visit, conversion), source)
        return _page(visit, conversion, ConvertForm(source.scale, initial={"units": most}), acts.new_key())
    key, form = visit.request.POST.get("key", ""), ConvertForm(source.scale, visit.request.POST)
    if not commands.sound_key(key) or not form.is_valid():
        return _page(visit, conversion, form, acts.new_key())
    try:
        commands.convert(visit.member.id, key, conversion, source, form.cleaned_data["units"], visit.language)
    except acts.RefusedError as refused:
        return _page(visit, conversion, form, acts.new_key(), str(refused))
    return redirect(f"{reverse('portal:points')}?asset={target.id}")


def _held(visit: MemberVisit, conversion: Conversion) -> int:
    return max({row.asset: row.balance for row in balances(visit.member.id)}.get(conversion.source, 0), 0)


def _most(visit: MemberVisit, conversion: Conversion) -> int:
    """The most that can be converted at once: whole multiples of what there is, within the day's bound; at least one
    step is proposed."""
    most = min(_held(visit, conversion), conversion.per_day or _held(visit, conversion))
    return max(most // conversion.give, 1) * conversion.give


def _page(
    visit: MemberVisit, conversion: Conversion, form: ConvertForm, key: str, error: str = ""
) -> HttpResponse:
    source, target = (visit.programme.assets[one] for one in (conversion.source, conversion.target))
    held, most = _held(visit, conversion), _most(visit, conversion)
    return visit.show(
        "convert",
        tab="points",
        conversion=conversion,
        source=source,
        target=target,
        balance=held,
        enough=held >= conversion.give,
        most=most,
        got=most // conversion.give * conversion.get,
        form=form,
        key=key,
        error=error,
    )
