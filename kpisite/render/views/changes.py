"""What changed from the version before to this one, part by part."""

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from kpisite.evaluate.report import STATUSES, Report
from kpisite.periods import parse
from kpisite.release.changes import Cell, Changes, CompositeChange, Edit, FigureChange
from kpisite.release.compare import compare
from kpisite.render import marks
from kpisite.render.edition import Edition, root_of
from kpisite.render.pages import ChangesPage
from kpisite.render.parts import Folded, Head, Link, Table
from kpisite.render.views.reasons import of_house, of_lines
from kpisite.render.views.rows import LONGEST, longest


def before(report: Report, reports: Sequence[Report]) -> Report | None:
    """The release before this one; before a draft that of its own period, if there is one.

    What is not frozen is before nothing: pages of a release must not change with a draft.
    """
    frozen = [one for one in reports if one.frozen]
    if not report.frozen:
        return next((one for one in reversed(frozen) if one.period <= report.period), None)
    at = next((n for n, one in enumerate(frozen) if one.version == report.version), 0)
    return frozen[at - 1] if at else None


def changes_path(earlier: Report, after: Report) -> str:
    """Where the page about two versions stands, below the later one."""
    return f"history/{earlier.version}..{after.version}/index.html"


def changes_page(e: Edition, earlier: Report) -> ChangesPage:
    """Everything that differs from the version before, attributed."""
    path = changes_path(earlier, e.report)
    root, words, found = root_of(path), e.t["changes"], compare(earlier, e.report)
    seen = [one for one in found.restated if one.is_seen]
    lead = words["lead"].format(
        statuses=len(found.statuses),
        restated=len(seen),
        targets=len(found.targets) + len(found.weights),
        plans=len(found.plans),
    )
    names = {"before": earlier.version, "after": e.report.version}
    crumbs = (Link(e.t["nav"]["history"], f"{root}history/index.html"),)
    return ChangesPage(
        **e.frame(path, title=words["title"].format(**names), lead=lead, section="history", crumbs=crumbs),
        house=of_house(e, earlier),
        lines=of_lines(e, earlier),
        composites=_composites(e, found.composites, root),
        parts=tuple(part for part in _parts(e, found, seen, root) if part is not None),
        values=_folded(e, found.values, root),
    )


def _parts(e: Edition, found: Changes, seen: Sequence[FigureChange], root: str) -> Iterable[Table | None]:
    words = e.t["changes"]
    hidden = len(found.restated) - len(seen)
    note = words["restated_note"].format(count=hidden) if hidden else ""
    yield _figures(e, "statuses", found.statuses, root)
    yield _figures(e, "restated", seen, root, note=note)
    yield _figures(e, "arrived", found.arrived, root)
    yield _figures(e, "withdrawn", found.withdrawn, root)
    yield _edits(e, "targets", (*found.targets, *found.weights), root)
    yield _edits(e, "definitions", found.definitions, root)
    yield _edits(e, "indicators", (*found.products, *found.indicators), root)
    yield _edits(e, "plans", found.plans, root)


def _folded(e: Edition, found: Sequence[FigureChange], root: str) -> Folded | None:
    table = _figures(e, "values", found, root)
    return None if table is None else Folded(table.caption, table)


# ------------------------------------------------------------------------------------------------ figures


def _figures(e: Edition, key: str, found: Sequence[FigureChange], root: str, *, note: str = "") -> Table | None:
    """Figures before and after; the products come first, because they are answered for."""
    if not found:
        return None
    shown = sorted(found, key=lambda one: (one.subject not in e.site.products, not one.is_material))[:LONGEST]
    rows = [_figure(e, one, root) for one in shown]
    heads = (
        e.head("product"),
        e.head("indicator"),
        e.head("period"),
        e.head("before", "num"),
        e.head("status", "status"),
        e.head("after", "num"),
        e.head("status", "status"),
        e.head("reason"),
    )
    note = " ".join(part for part in (longest(e, len(rows), len(found)), note) if part)
    filled, columns = marks.filled(heads, list(zip(*rows, strict=True)))
    return marks.table_of_columns(key, e.t["changes"][key], filled, columns, note=note)


def _figure(e: Edition, one: FigureChange, root: str) -> list[str]:
    s, i = e.report.subject(one.subject), e.report.indicator(one.indicator)
    link = e.to_subject(s, root)
    first, second = one.before.period, one.after.period
    period = e.tongue.period(second)
    if first != second:
        period = e.t["why"]["from_to"].format(before=e.tongue.period(first), after=period)
    return [
        marks.anchor(link.text, link.href),
        marks.anchor(e.indicators[i], e.to_figure(s, i, root)),
        period,
        _value(e, i, one.before),
        # Lines and watched figures are never judged, so nothing is said of it.
        _judged(e, one.before) if one.role == "key" else "",
        _value(e, i, one.after),
        _judged(e, one.after) if one.role == "key" else "",
        e.t["changes"]["redefined"] if one.is_redefined else "",
    ]


def _value(e: Edition, i: int, cell: Cell) -> str:
    if cell.reason:
        return str(e.t["reason"][cell.reason])
    return e.tongue.figure(cell.value, e.prose_column(i, [cell.value]))


def _judged(e: Edition, cell: Cell) -> Markup:
    return e.mark(marks.NO_DATA) if cell.reason else _mark(e, cell.status)


def _mark(e: Edition, status: str) -> Markup:
    return e.mark(STATUSES.index(status))


def _composites(e: Edition, found: Sequence[CompositeChange], root: str) -> Table:
    rows = []
    for one in found[:LONGEST]:
        link = e.to_subject(e.report.subject(one.subject), root)
        known = not math.isnan(one.before + one.after)
        rows.append(
            [
                marks.anchor(link.text, link.href),
                e.composite(one.before) or e.t["say"]["no_composite"],
                _mark(e, one.before_status),
                e.composite(one.after) or e.t["say"]["no_composite"],
                _mark(e, one.after_status),
                e.tongue.number(e.composite_tenths(one.after) - e.composite_tenths(one.before), 1, signed=True)
                if known
                else "",
            ]
        )
    heads = (
        e.head("product"),
        e.head("before", "num"),
        e.head("status", "status"),
        e.head("after", "num"),
        e.head("status", "status"),
        e.head("change", "num"),
    )
    return marks.table("composites", e.t["changes"]["composites"], heads, rows, note=longest(e, len(rows), len(found)))


# ------------------------------------------------------------------------------------------------ declarations


def _edits(e: Edition, key: str, found: Sequence[Edit], root: str) -> Table | None:
    if not found:
        return None
    rows = [_edit(e, one, root) for one in found[:LONGEST]]
    heads: tuple[Head, ...] = (e.head("of_what"), e.head("field"), e.head("before"), e.head("after"))
    return marks.table(key, e.t["changes"][key], heads, rows, note=longest(e, len(rows), len(found)))


def _edit(e: Edition, one: Edit, root: str) -> list[str]:
    words = e.t["changes"]
    field, _, start = one.field.partition(" from ")
    name = words["fields"][field]
    if start:
        name = words["since"].format(field=name, period=e.tongue.period(parse(start)))
    readings = [_reading(e, field, text) for text in (one.before, one.after)]
    if field in ("indicator", "product", "plan"):
        readings = ["", words["new"] if one.after else words["gone"]]
    return [_owner(e, one, root), name, *(text or words["none"] for text in readings)]


def _owner(e: Edition, one: Edit, root: str) -> Markup:
    """Whose change it is: a product's indicator, an indicator, a plan or its action."""
    parts = [_named(e, one.owner, root)]
    if one.thing in e.report.indicators:
        parts.append(e.to_indicator(e.report.indicator(one.thing), root))
    elif one.owner in e.site.plans and one.thing in e.site.plans[one.owner].actions:
        parts.append(Link(e.say(e.site.plans[one.owner].actions[one.thing].title)))
    elif one.thing:
        parts.append(Link(one.thing))
    cell = marks.anchors(parts, " · ")
    return cell if all(part.href for part in parts) else Markup('<span class="mixed">{}</span>').format(cell)


def _named(e: Edition, id_: str, root: str) -> Link:
    ids = [subject.id for subject in e.report.subjects]
    if id_ in ids:
        return e.to_subject(ids.index(id_), root)
    if id_ in e.report.indicators:
        return e.to_indicator(e.report.indicator(id_), root)
    return e.to_plan(id_, root) if id_ in e.site.plans else Link(id_)


def _reading(e: Edition, field: str, text: str) -> str:
    """How a value reads: words of the theme for the few fields that have some."""
    groups = {"status": "action_status", "verdict": "verdict"}
    if field in groups:
        return str(e.t[groups[field]].get(text, text))
    return str(e.t["changes"]["roles"].get(text, text)) if field == "role" else text
