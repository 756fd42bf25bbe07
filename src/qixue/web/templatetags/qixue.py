"""How pages print days, numbers and hedged quantities."""

import datetime
import re
from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BooleanField
from django.template.context import RequestContext
from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qixue.core.clock import local_day, minute_text, now
from qixue.core.clock_words import clock, clock_of, day, day_clock, month, span
from qixue.core.copies import Brief
from qixue.core.language import enumeration, is_chinese
from qixue.core.language import in_language as chosen
from qixue.core.money import yuan_text
from qixue.core.quantity import Qualifier, Quantity
from qixue.participation.listed_session import ListedSession
from qixue.participation.operations.verification import masked
from qixue.people.models import Notification
from qixue.people.notices import text_of, title_of
from qixue.programme.models import Involvement, Programme, Session
from qixue.swap.models import SwapRound
from qixue.web.addresses import query_of
from qixue.web.forms import QUESTION_MARKS
from qixue.web.kept_tickets import ticket_cache, ticket_owner
from qixue.web.stylesheets import stylesheet_urls

register = template.Library()
hosts: Brief[tuple[tuple[str, str], ...]] = Brief(most=8)  # programmes times languages
KEPT_PIECES = 3000  # per process, in both languages; a card of a session has about 1.5 kB
DIGITS = re.compile(r"(\d[\d,]*(?:\.\d+)?)")

for words in (day, month, clock, clock_of, day_clock, masked, ticket_owner):
    register.filter(words)


@register.filter
def last_day(end: datetime.datetime | None) -> str:
    """The last day of a time that ends at a midnight."""
    return day(end - datetime.timedelta(microseconds=1)) if end else ""


@register.filter
def branch(depth: int, top: int) -> str:
    """How deep something hangs in the tree below the viewer's top, as a mark before its name."""
    return "　" * (depth - top - 1) + "└ " if depth > top else ""


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """2026-11-25 09:00 in Shanghai, for records."""
    return minute_text(value)


@register.filter
def in_groups(text: str, size: int) -> str:
    """JBSW Y3DP: a key in groups, so that nobody loses the place while typing it."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


@register.filter
def notice_title(notice: Notification) -> str:
    return title_of(notice.kind, notice.params)


@register.filter
def notice_text(notice: Notification) -> str:
    return text_of(notice.kind, notice.params)


@register.filter
def when(session: Session | SwapRound) -> str:
    """11月12日（周六）09:00-11:00, with both days where it lasts longer, or that the date is not stated."""
    return span(session.starts_at, session.ends_at)


@register.filter
def where(session: Session) -> str:
    """The name of the venue, that it is online, or that no place is stated."""
    if session.is_online:
        return _("Online")
    return session.venue.local_name if session.venue else _("place not stated")


@register.filter
def is_over(session: Session | ListedSession) -> bool:
    """Whether the session's end, or its start where no end is known, has passed."""
    return is_over_at(session, now())


def is_over_at(session: Session | ListedSession, at: datetime.datetime) -> bool:
    end = session.ends_at or session.starts_at
    return end is not None and end < at


@register.filter
def is_going_on(session: Session | ListedSession) -> bool:
    """Whether it has begun and its end has not come; without a stated end nobody knows."""
    return is_going_on_at(session, now())


def is_going_on_at(session: Session | ListedSession, at: datetime.datetime) -> bool:
    if session.starts_at is None or session.ends_at is None or session.state in Session.OFF_STATES:
        return False
    return session.starts_at <= at < session.ends_at


@register.simple_tag
def session_cards(sessions: Iterable[ListedSession], *, under_day: bool = False) -> SafeString:
    """The sessions of a list; `under_day` says that their day stands above them."""
    at = now()
    alike: dict[str, Hashable] = {"under_day": bool(under_day), "today": local_day(at)}
    cards = pieces(
        "components/session.html",
        (
            {"session": each, "is_over": is_over_at(each, at), "is_going_on": is_going_on_at(each, at), **alike}
            for each in sessions
        ),
    )
    return mark_safe("".join(cards))  # noqa: S308 - templates have made them


@register.simple_tag
def piece(template_name: str, **values: Hashable) -> SafeString:
    """A part of a page that shows these values and nothing else: the same values give the same piece."""
    return next(pieces(template_name, [values]))


def pieces(template_name: str, each: Iterable[dict[str, Hashable]]) -> Iterator[SafeString]:
    """One for each of the values; what else they depend on is looked up once."""
    language, prefix = get_language(), get_script_prefix()
    return (piece_of(template_name, language, prefix, **values) for values in each)


@lru_cache(maxsize=KEPT_PIECES)
def piece_of(template_name: str, _language: str, _prefix: str, **values: Hashable) -> SafeString:
    return mark_safe(get_template(template_name).render(values))  # noqa: S308 - a template has made it


@register.filter
def of(values: dict[Any, Any], key: Any) -> Any:
    """What a dictionary holds under a key; None when it holds nothing."""
    return values.get(key)


@register.filter
def number(value: Any) -> str:
    """1,234; decimals as they are; nothing for None."""
    return "" if value is None else f"{value:,}"


@register.filter
def yuan(fen: int | None) -> str:
    """1,200 or 1,200.50, the unit stands beside it; nothing for None."""
    return "" if fen is None else yuan_text(fen)


@register.filter
def quantity(value: Quantity | None) -> str:
    """Hedge, number and unit as a sentence prints them."""
    return value.text(get_language() or "zh") if value else _("no data")


@register.filter
def hedged_number(value: Quantity) -> str:
    """Hedge and number, for a column whose head names the unit."""
    parts = figure_parts(value)
    return f"{parts['before']}{parts['digits']}{parts['after']}"


@register.filter
def figure_parts(value: Quantity) -> dict[str, str]:
    """A quantity in the pieces a large figure is set from: words before, digits, words after, unit."""
    before, printed, after = DIGITS.split(value.number_text(get_language() or "zh"), maxsplit=1)
    unit = value.unit.zh if is_chinese() else value.unit.en if value.value == 1 else value.unit.en_plural
    return {"before": before, "digits": f"{Decimal(printed.replace(',', '')):,}", "after": after, "unit": unit}


@register.filter
def qualifier_words(value: Quantity) -> str:
    """What the hedge of a number means, in a sentence."""
    sentences = {
        Qualifier.EXACT: _("The number is exact."),
        Qualifier.AT_LEAST: _("The true number is larger than the one printed."),
        Qualifier.NEARLY: _("The true number is slightly smaller than the one printed."),
        Qualifier.ABOUT: _("The number is an estimate, or a sum with an estimate in it."),
        Qualifier.CONTRADICTORY: _("The source hedges the number both ways: on which side the truth lies is unknown."),
    }
    return sentences[value.qualifier]


register.simple_tag(stylesheet_urls)
register.simple_tag(ticket_cache)


@register.simple_tag
def in_language(chinese: str, english: str) -> str:
    return chosen(chinese, english)


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """The address's query string with changes; an empty value takes a name out."""
    return query_of(context["request"], **changes) or "?"


@register.simple_tag(takes_context=True)
def query_without(context: RequestContext, name: str) -> str:
    """The address's query string without one answer, from its first page."""
    return query(context, **{name: "", "page": ""})


@register.simple_tag(takes_context=True)
def query_with(context: RequestContext, name: str, value: str) -> str:
    """The address's query string with one answer, from its first page."""
    return query(context, **{name: value, "page": ""})


@register.simple_tag
def hosts_by_role(programme: Programme | None) -> tuple[tuple[str, str], ...]:
    """Who holds and who carries out the whole programme, for the foot of its pages: role and names."""
    return hosts.have((programme.pk, get_language()), lambda: hosts_now(programme)) if programme else ()


def hosts_now(programme: Programme) -> tuple[tuple[str, str], ...]:
    roles = [Involvement.Role.HOST, Involvement.Role.ORGANISER]
    involvements = Involvement.objects.filter(programme=programme, role__in=roles).select_related("organisation")
    names: dict[str, list[str]] = {}
    for involvement in involvements.order_by("position", "pk"):
        names.setdefault(involvement.role, []).append(involvement.organisation.local_name)
    return tuple((str(role.label), enumeration(names[role])) for role in roles if role in names)


@register.filter
def under_prefix(path: str) -> str:
    """A path of this site as a link: below the prefix at which the site is served."""
    return f"{get_script_prefix().rstrip('/')}{path}"


@register.filter
def first_input(field: Any) -> str:
    """The id of the field's input; of a list of buttons or boxes, that of the first."""
    return f"{field.auto_id}_0" if is_choice_list(field) else field.id_for_label


@register.filter
def error_count(form: Any) -> int:
    """How many sentences a summary of the errors lists."""
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def before_error(field: Any) -> str:
    """Its label with the mark behind it; a question has its own. Nothing of a box, whose label is a long sentence."""
    if isinstance(field.field, BooleanField):
        return ""
    text = str(field.label)
    if text.endswith(QUESTION_MARKS):
        return text if is_chinese() else f"{text} "
    return text + pgettext("between label and error", ": ")


@register.filter
def is_choice_list(field: Any) -> bool:
    """Whether a field is a list of radio buttons or boxes, which has a heading instead of a label."""
    return bool(getattr(field.field.widget, "use_fieldset", False))


@register.filter
def remark(field: Any) -> str:
    """Behind the label of a field that may be left empty: that it may, when it may not, or what may take its place."""
    if field.name in field.form.remarks:
        return str(field.form.remarks[field.name])
    if field.name in field.form.one_of_two:
        return pgettext("after a label", " (one of the two)")
    if field.field.required or field.widget_type == "checkbox":
        return ""
    return pgettext("after a label", " (optional)")
