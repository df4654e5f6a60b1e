"""The page of one indicator of one product: its whole story."""

from collections.abc import Iterator
from dataclasses import replace

from kpisite.declare.model import Target
from kpisite.evaluate.report import KEY
from kpisite.evaluate.tell import owner_of, target_in_force
from kpisite.languages import Column
from kpisite.periods import GRAIN_ORDER, Grain
from kpisite.render import marks
from kpisite.render.cells import Raw, cell, raw, target_text
from kpisite.render.course import Course, course
from kpisite.render.due import month_due
from kpisite.render.edition import Edition, root_of
from kpisite.render.headlines import weight_text
from kpisite.render.judgements import judgements
from kpisite.render.narrative import around, change_text, driver_sentence, joined, told_sentence, told_step
from kpisite.render.pages import FigurePage
from kpisite.render.parts import Fact, Folded, Head, Link, Table
from kpisite.render.views import plotted
from kpisite.render.views.ahead import outlook_block, signal_block
from kpisite.render.views.breakdown import breakdowns
from kpisite.render.views.cards import actions_table, plan_cards, practice_cards
from kpisite.render.views.competitors import peer_block
from kpisite.render.views.definition import benchmarks, definition, versions
from kpisite.render.views.effects import driver_of, ratio_effects
from kpisite.render.views.explained import steps
from kpisite.render.views.restated import figure_restatements
from kpisite.render.views.smart import smart
from kpisite.render.views.warned import figure_warnings

# No tolerance is printed with more decimals than this.
FINEST = 12
# Months in sight: a year, and the month a year ago.
RECENT = 13
ALL = slice(None)


def figure_page(e: Edition, s: int, i: int) -> FigurePage:
    """Everything that is known about one figure."""
    subject, indicator = e.report.subjects[s].id, e.report.indicators[i]
    path = f"products/{subject}/{indicator}/index.html"
    root, board = root_of(path), e.board
    months = course(e, s, i, Grain.MONTH)
    due = month_due(e, s, i)
    one = raw(e, s, i, due)
    plans = board.plans.get((subject, indicator), ())
    title = e.t["say"]["title"].format(product=e.subjects[s], indicator=e.indicators[i])
    told = board.tell(s, i)
    moved = driver_sentence(e, told, driver_of(e, s, i) if told.is_missed else None)
    lead = joined(e, (told_sentence(e, told, named=False), *around(e, told), moved, told_step(e, told).text))
    arithmetic, unfolded, files = steps(e, s, i, root)
    products = Link(e.t["nav"]["products"], f"{root}products/index.html")
    return FigurePage(
        **e.frame(path, title=title, lead=lead, section="products", crumbs=(products, e.to_subject(s, root))),
        status=judgements(e, Grain.MONTH, (s, [i], due))[0],
        off=told.is_missed,
        score=months.scores[board.now],
        badges=_badges(e, s, i, one),
        chart=plotted.history(e, s, i, title),
        facts=_facts(e, s, i, months.attainments[due]),
        target_facts=_target_facts(e, s, i, one),
        smart=smart(e, s, i),
        signal=signal_block(e, s, i),
        outlook=outlook_block(e, s, i),
        warnings=figure_warnings(e, s, i),
        effects=ratio_effects(e, s, i),
        months=_table(e, Grain.MONTH, months, slice(RECENT)),
        older=_older(e, months),
        restated=figure_restatements(e, s, i),
        grains=tuple(
            _folded(e, s, i, grain) for grain in GRAIN_ORDER if grain in e.report.figures and grain != Grain.MONTH
        ),
        breakdowns=breakdowns(e, s, i),
        definition=e.once(("definition", i, root), lambda: definition(e, i, root)),
        versions=e.once(("versions", i), lambda: versions(e, i)),
        benchmarks=e.once(("benchmarks", i), lambda: benchmarks(e, i)),
        arithmetic=arithmetic,
        steps=unfolded,
        files=files,
        peers=peer_block(e, s, i, title),
        practices=practice_cards(e, board.good_practices(indicator), root),
        plans=plan_cards(e, plans, root, of=subject),
        actions=actions_table(e, plans, root, indicator=indicator),
        notes=e.body(f"indicators/{indicator}"),
        indicator=e.to_indicator(i, root),
        downloads=(Link(e.t["say"]["all_data"], f"{root}../data/results.csv"),),
    )


def _badges(e: Edition, s: int, i: int, one: Raw) -> tuple[str, ...]:
    words, declared = e.t["badge"], e.site.indicators[e.report.indicators[i]]
    role = e.report.role[s, i]
    found = {
        "over_limit": one.over,
        "veto": declared.veto,
        "small": one.small,
        "no_target": role == KEY and one.target != one.target,
        "monitor": role != KEY,
    }
    return tuple(words[key] for key, holds in found.items() if holds)


def _facts(e: Edition, s: int, i: int, attainment: str) -> tuple[Fact, ...]:
    """What does not stand in the headline already."""
    now, head = e.board.now, e.t["head"]
    shown = cell(e, s, i)
    weight = float(e.board.months.weight[s, i, now])
    facts = [
        Fact(head["value"], shown.value, shown.remark),
        Fact(head["target"], shown.target),
        Fact(head["gap"], shown.gap),
        Fact(head["attainment"], attainment),
        Fact(head["weight"], weight_text(e, weight)),
        *_changes(e, s, i),
        Fact(head["owner"], owner_of(e.report, s, i)),
    ]
    return tuple(fact for fact in facts if fact.value)


def _changes(e: Edition, s: int, i: int) -> list[Fact]:
    now, values = month_due(e, s, i), e.board.months.value
    facts = []
    for key, before in (("prior_period", now - 1), ("prior_year", now - 12)):
        text = change_text(e, s, i, now, before)
        if text:
            old = float(values[s, i, before])
            facts.append(Fact(e.t["head"][key], text, f"{e.month_labels[before]} {_value(e, i, old)}"))
    return facts


def _value(e: Edition, i: int, value: float) -> str:
    return e.tongue.figure(value, e.prose_column(i, [value]))


def _target_facts(e: Edition, s: int, i: int, one: Raw) -> tuple[Fact, ...]:
    declared = target_in_force(e.report, s, i)
    if declared is None:
        return ()
    words, say = e.t["target_of"], e.t["say"]
    approved = (declared.approved_by, e.tongue.date(declared.approved_on) if declared.approved_on else "")
    facts = [
        Fact(words["tolerance"], _tolerance(e, i, one)),
        *_anchors(e, i, declared),
        Fact(words["path"], _path(e, i, declared)),
        Fact(
            words["since"], say["from_month"].format(period=e.tongue.period(declared.from_)) if declared.from_ else ""
        ),
        Fact(words["owner"], declared.owner),
        Fact(words["approved"], e.listed(part for part in approved if part)),
        Fact(words["rationale"], e.say(declared.rationale)),
    ]
    return tuple(fact for fact in facts if fact.value)


def _tolerance(e: Edition, i: int, one: Raw) -> str:
    if one.tolerance != one.tolerance:
        return ""
    column = e.prose_column(i, [one.tolerance])
    # A tolerance may be finer than the figure it judges.
    while (
        column.decimals < FINEST
        and abs(column.shown(column.steps(one.tolerance)) * column.factor - one.tolerance) > 1e-9 * one.tolerance
    ):
        column = replace(column, decimals=column.decimals + 1)
    text = e.tongue.amount(column.steps(one.tolerance), column, gap=True)
    return str(e.t["say"]["tolerance"].format(tolerance=text))


def _path(e: Edition, i: int, declared: Target) -> str:
    words = e.t["say"]
    basis = str(e.t["target_basis"].get(declared.basis, ""))
    match declared.path:
        case "linear" if declared.baseline and declared.by:
            base = _value(e, i, declared.baseline.value)
            start, end = e.tongue.period(declared.baseline.period), e.tongue.period(declared.by)
            text = str(words["target_linear"].format(start=start, base=base, end=end))
        case "step":
            steps = (words["target_from"].format(period=e.tongue.period(m), target=_level(e, i, one))
                     for m, one in declared.steps.items())  # fmt: skip
            text = str(words["target_step"].format(steps=e.listed(steps)))
        case "table":
            text = str(words["target_table"].format(count=len(declared.values)))
        case "profile":
            key = "target_profile_own" if declared.profile else "target_profile"
            text = str(words[key].format(target=_level(e, i, declared.target)))
        case _:
            text = str(words["target_flat"])
    return joined(e, (text, basis)) if basis and declared.path != "profile" else text


def _level(e: Edition, i: int, level: float | tuple[float, float]) -> str:
    if not isinstance(level, tuple):
        return _value(e, i, level)
    return target_text(e, e.prose_column(i, level), *level)


def _anchors(e: Edition, i: int, declared: Target) -> Iterator[Fact]:
    """The anchors of the score that were set apart from the tolerance."""
    for key in ("floor", "amber", "stretch"):
        value = getattr(declared, key)
        if value is not None:
            yield Fact(e.t["target_of"][key], _value(e, i, value))


def _folded(e: Edition, s: int, i: int, grain: Grain) -> Folded:
    return Folded(e.t["grain"][grain.value], _table(e, grain, course(e, s, i, grain)))


def _older(e: Edition, months: Course) -> Folded | None:
    """The months that need not be in sight."""
    if len(months.values) <= RECENT:
        return None
    return Folded(e.t["figure"]["older"], _table(e, Grain.MONTH, months, slice(RECENT, None)))


def _table(e: Edition, grain: Grain, one: Course, part: slice = ALL) -> Table:
    """The figures of one grain, the newest first, or a part of them."""
    labels = e.once(("labels", grain), lambda: [e.tongue.period(p) for p in e.report.figures[grain].periods])
    columns = (labels, one.values, one.targets, one.gaps, one.attainments, one.marks, one.scores, one.remarks)
    heads = e.once(("heads", one.column), lambda: _heads(e, one.column))
    key = "older" if part.start else "months"
    caption = e.t["figure"][key] if grain is Grain.MONTH else e.t["grain"][grain.value]
    id_ = f"by-{grain.value}-{key}" if part.start else f"by-{grain.value}"
    return marks.table_of_columns(id_, caption, *marks.filled(heads, [column[::-1][part] for column in columns]))


def _heads(e: Edition, column: Column) -> tuple[Head, ...]:
    return (
        e.head("period"),
        e.head("value", "num", column.head),
        e.head("target", "num", column.head),
        e.head("gap", "num", column.gap_head),
        e.head("attainment", "num"),
        e.head("status", "status"),
        e.head("score", "num"),
        e.head("reason"),
    )
