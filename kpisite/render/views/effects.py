"""Why a ratio moved, as a table: what its numerator and denominator did, or its products and their shares."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from kpisite.evaluate.apportion import apportion
from kpisite.evaluate.facts import Driver
from kpisite.evaluate.fraction import Effects, driver, effects, factor_of, measure_of, parts
from kpisite.evaluate.report import ABSENT
from kpisite.evaluate.working import Desk, desk
from kpisite.languages import Column
from kpisite.measure.expression import Expression
from kpisite.render import marks
from kpisite.render.board import YEAR
from kpisite.render.edition import Edition
from kpisite.render.parts import Head, RollupEffects, Table
from kpisite.render.told import exact

# Of measures that are not shown in larger units.
MEASURE_DECIMALS = 2
# So many products are all named; of more of them only the largest.
NAMED, LARGEST = 20, 12


def rollup_effects(e: Edition, i: int) -> tuple[RollupEffects, ...]:
    """Why the ratio of the bank and of each line moved, as far as it can be split: by product, and by its two sides."""
    subjects = (*(() if e.board.bank is None else (e.board.bank,)), *e.board.lines)
    found = (
        RollupEffects(e.subjects[s], e.report.subjects[s].level == "bank", tuple(_tables(e, s, i)))
        for s in subjects
        if e.report.role[s, i] != ABSENT
    )
    return tuple(one for one in found if one.tables)


def _tables(e: Edition, s: int, i: int) -> Iterator[Table]:
    """The products' part comes first; of a line that is one product its own page tells."""
    by_product = mix_effects(e, s, i)
    by_side = ratio_effects(e, s, i) if by_product is not None else None
    yield from (table for table in (by_product, by_side) if table is not None)


def ratio_effects(e: Edition, s: int, i: int) -> Table | None:
    """The change of a ratio on the month and on the year before; nothing for what is no ratio of measures."""
    found = _desk(e, i)
    if found is None:
        return None
    rows: list[Sequence[str]] = []
    periods = e.board.months.periods
    for t in _before(e):
        one = e.fact(("effects", s, i, t), partial(effects, found, s, periods[t], periods[e.board.now]))
        if one is not None:
            rows += _rows(e, i, one, e.t["say"]["from_month"].format(period=e.month_labels[t]))
    words = e.t["ratio_effects"]
    heads = (e.head("period"), e.head("effect"), e.head("before", "num"), e.head("after", "num"), _head(e, i))
    id_ = _anchor(e, "ratio-effects", s)
    return marks.table(id_, words["title"], heads, rows, note=words["note"]) if rows else None


def driver_of(e: Edition, s: int, i: int) -> Driver | None:
    """What a product's ratio moved with since the year before."""
    found, t = _desk(e, i), e.board.now - YEAR
    if found is None or t < 0 or e.report.subjects[s].level != "product":
        return None
    return driver(found, s, e.board.months.periods[t], e.board.months.periods[e.board.now])


def mix_effects(e: Edition, s: int, i: int) -> Table | None:
    """The change of the ratio of the bank or a line on the year before by product; else on the month before."""
    found = _desk(e, i)
    if found is None:
        return None
    now, words = e.board.months.periods[e.board.now], e.t["ratio_effects"]
    for t in reversed(_before(e)):
        split = e.fact(("mix", s, i, t), partial(parts, found, s, e.board.months.periods[t], now))
        if split is None:
            continue
        column = e.plain_columns[i]
        flat = [effect for pair in zip(split.change.within, split.change.mix, strict=True) for effect in pair]
        shown = _apportioned(column, flat, split.before, split.after)
        pairs = {p: shown[2 * n : 2 * n + 2] for n, p in enumerate(split.products)}
        largest = _largest(pairs)
        rows = [(e.subjects[p], *(_signed(e, column, steps) for steps in pairs[p])) for p in largest]
        if others := [pairs[p] for p in split.products if p not in largest]:
            label = words["others"].format(count=len(others))
            rows.append((label, *(_signed(e, column, sum(one[side] for one in others)) for side in (0, 1))))
        rows.append((words["together"], *(_signed(e, column, sum(shown[side::2])) for side in (0, 1))))
        caption = words["mix_caption"].format(
            before=e.month_labels[t], after=e.month_labels[e.board.now],
            first=e.tongue.figure(split.before, column), last=e.tongue.figure(split.after, column),
        )  # fmt: skip
        heads = (e.head("product"), e.head("within", "num"), e.head("of_share", "num"))
        return marks.table(_anchor(e, "mix-effects", s), caption, heads, rows, note=words["mix_note"])
    return None


def _largest(pairs: Mapping[int, Sequence[int]]) -> list[int]:
    """The products that are named, in their order: all of a few, else those with the largest effects."""
    if len(pairs) <= NAMED:
        return list(pairs)
    by_size = sorted(pairs, key=lambda p: -max(abs(steps) for steps in pairs[p]))
    return sorted(by_size[:LARGEST])


def _anchor(e: Edition, name: str, s: int) -> str:
    """The id of a table; those of lines stand on one page and are told apart."""
    subject = e.report.subjects[s]
    return f"{name}-{subject.id.removeprefix('line:')}" if subject.level == "line" else name


def _desk(e: Edition, i: int) -> Desk | None:
    declared = e.site.indicators[e.report.indicators[i]]
    if declared.kind != "ratio" or declared.cadence != "month":
        return None
    return e.fact(("desk", i), lambda: desk(e.report, i))


def _before(e: Edition) -> tuple[int, ...]:
    return tuple(t for t in (e.board.now - 1, e.board.now - YEAR) if t >= 0)


def _head(e: Edition, i: int) -> Head:
    return e.head("effect_size", "num", e.plain_columns[i].gap_head)


def _rows(e: Edition, i: int, one: Effects, label: str) -> list[Sequence[str]]:
    words, column = e.t["ratio_effects"], e.plain_columns[i]
    sizes = _apportioned(column, (one.change.numerator, one.change.denominator), one.before.value, one.after.value)
    pairs = (
        (one.ratio.numerator, words["numerator"], one.before.numerator, one.after.numerator),
        (one.ratio.denominator, words["denominator"], one.before.denominator, one.after.denominator),
    )
    rows: list[Sequence[str]] = [
        (label, _named(e, part, word), *_numbers(e, part, (first, second)), _plain(e, column, steps))
        for (part, word, first, second), steps in zip(pairs, sizes, strict=True)
    ]
    whole = [e.tongue.figure(value, column) for value in (one.before.value, one.after.value)]
    return [*rows, (label, words["together"], *whole, _plain(e, column, sum(sizes)))]


def _apportioned(column: Column, effects_: Sequence[float], before: float, after: float) -> tuple[int, ...]:
    """Effects in displayed steps whose sum is the displayed change."""
    size = column.factor / 10**column.decimals
    return apportion([effect / size for effect in effects_], column.steps(after) - column.steps(before))


def _named(e: Edition, part: Expression, word: str) -> str:
    """The side of the fraction, with the measure that it is."""
    measure = measure_of(part)
    name = e.say(e.site.measures[measure].name) or measure if measure in e.site.measures else ""
    return str(e.t["ratio_effects"]["of"].format(side=word, measure=name)) if name else word


def _numbers(e: Edition, part: Expression, values: tuple[float, float]) -> tuple[str, str]:
    """A side of the fraction before and after, without its constant factor; a measure has its unit."""
    factor, measure = factor_of(part), measure_of(part)
    first, second = (value / factor if factor else value for value in values)
    declared = e.site.measures.get(measure)
    if declared is None:
        return exact(e, float(f"{first:.10g}")), exact(e, float(f"{second:.10g}"))
    column = e.tongue.column([first, second], declared.unit, MEASURE_DECIMALS, prose=True)
    return e.tongue.figure(first, column), e.tongue.figure(second, column)


def _plain(e: Edition, column: Column, steps: int) -> str:
    return e.tongue.number(steps, column.decimals, signed=True)


def _signed(e: Edition, column: Column, steps: int) -> str:
    return e.tongue.amount(steps, column, signed=True, gap=True)
