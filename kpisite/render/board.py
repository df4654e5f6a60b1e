"""What several pages ask of a report, worked out once: order, shortfall, and which plans touch what; no words yet."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Plan, Practice
from kpisite.evaluate.facts import CRITICAL, Restatement, Told
from kpisite.evaluate.report import (
    AMBER,
    GREEN,
    KEY,
    MONITOR,
    RED,
    VARIATIONS,
    Figures,
    Flags,
    Report,
    Scores,
)
from kpisite.evaluate.tell import CLOSED, Teller, newest_peers, worst_warnings
from kpisite.measure.series import NOT_EXPECTED, REASON
from kpisite.periods import Grain
from kpisite.release.vintages import Published, Restated, explained, published

CLOSED_ACTIONS = CLOSED
LATE_ACTIONS = ("late", "overdue-start")
# With more figures than this, and nothing declared, they have no pages of their own.
MOST_FIGURES = 5_000
YEAR = 12
IMPROVEMENTS = [code for code, name in enumerate(VARIATIONS) if name.startswith("improvement")]

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Board:
    """A report with the orders, counts and relations that its pages share.

    `keys` and `watched` are positions of indicators for each product: key ones by weighted shortfall, the worst
    first; watched ones in the order of the families. `now` is the report's period on the axis of months.
    """

    report: Report
    now: int
    products: tuple[int, ...]
    lines: tuple[int, ...]
    bank: int | None
    keys: tuple[tuple[int, ...], ...]
    watched: tuple[tuple[int, ...], ...]
    shortfall: npt.NDArray[np.float64]  # [S, I], weight x points below 100; NaN without a score
    shares: float  # of all products together
    pages: str  # all, key or none: which figures have pages of their own
    plans: dict[tuple[str, str], tuple[str, ...]]  # product, indicator -> plans that touch it
    plans_of: dict[str, tuple[str, ...]]  # product -> plans
    practices: dict[str, tuple[str, ...]]  # indicator -> practices that move it
    ordered: tuple[tuple[str, Practice], ...]  # the playbook in its order
    uses: dict[str, tuple[str, ...]]  # practice -> plans that use it
    action_status: dict[tuple[str, str], str]
    teller: Teller
    published: tuple[Published, ...] = ()  # figures that were changed after they had been published
    versions: tuple[str, ...] = ()  # the reports up to this one, oldest first
    kept: dict[tuple[object, ...], Any] = field(default_factory=dict)  # facts that the pages of all languages share

    @property
    def months(self) -> Figures:
        """The figures by month."""
        return self.report.figures[Grain.MONTH]

    @property
    def scores(self) -> Scores:
        """The roll-ups by month."""
        return self.report.scores[Grain.MONTH]

    @property
    def composite(self) -> int:
        """The position of the composite on the axis of families."""
        return len(self.report.families)

    def has_page(self, subject: int, indicator: int) -> bool:
        """Does this figure have a page of its own?"""
        role = self.report.role[subject, indicator]
        return (
            self.report.subjects[subject].level == "product"
            and self.pages != "none"
            and (role == KEY or (role == MONITOR and self.pages == "all"))
        )

    def good_practices(self, indicator: str) -> tuple[str, ...]:
        """The practices that move an indicator the right way, the smallest effort first, then the quickest."""
        wanted = {"higher": "up", "lower": "down"}.get(self.report.site.indicators[indicator].direction)
        practices = self.report.site.practices
        fitting = [p for p in self.practices.get(indicator, ()) if wanted in (None, practices[p].moves[indicator])]
        effort = {"S": 0, "M": 1, "L": 2}
        return tuple(sorted(fitting, key=lambda p: (effort[practices[p].effort], practices[p].months, p)))

    def red_keys(self, product: int) -> tuple[int, ...]:
        """The key indicators of a product that are off target, the worst first."""
        status = self.months.status[product, :, self.now]
        return tuple(i for i in self.keys[product] if status[i] == RED)

    def by_composite(self) -> tuple[int, ...]:
        """The products by composite, the lowest first; those without one come last."""
        score = self.scores.score[:, self.composite, self.now]
        return tuple(sorted(self.products, key=lambda s: (np.isnan(score[s]), np.nan_to_num(score[s]), s)))

    def tell(self, s: int, i: int) -> Told:
        """What is told of one figure."""
        return self.teller.tell(s, i)

    def attention(self) -> tuple[tuple[int, int], ...]:
        """Product and indicator of every key figure that misses its target: critical ones first, then by shortfall."""
        figures, now = self.months, self.now
        missed = self.judged & np.isin(figures.status[:, :, now], (RED, AMBER))
        veto = np.array([self.report.site.indicators[id_].veto for id_ in self.report.indicators], dtype=np.bool_)
        critical = figures.over_limit[:, :, now] | veto
        for at, severity in self.teller.warnings.items():
            critical[at] |= severity == CRITICAL
        return self._ordered(missed, ~critical, -self.shortfall)

    def good_news(self) -> tuple[tuple[int, int, bool], ...]:
        """Product and indicator of met targets, newly green ones (True) first, then signals of improvement by gain.

        A gain within normal variation is no news.
        """
        status, now = self.months.status, self.now
        green = self.judged & (status[:, :, now] == GREEN)
        newly = green & np.isin(status[:, :, max(now - 1, 0)], (RED, AMBER))
        gain = np.where(green & self.improved, self._gain(), 0.0)
        found = self._ordered(newly | (gain > 0), ~newly, -gain)
        return tuple((s, i, bool(newly[s, i])) for s, i in found)

    @property
    def improved(self) -> Flags:
        """[S, I]: whose newest month is a signal of improvement."""
        found = self.report.signals.get(Grain.MONTH)
        better = np.zeros(self.shortfall.shape, dtype=np.bool_)
        return better if found is None else np.isin(found.variation[:, :, self.now], IMPROVEMENTS)

    def _gain(self) -> npt.NDArray[np.float64]:
        """Weighted improvement in tolerances since a year before; nothing where that is not known."""
        figures, now = self.months, self.now
        if now < YEAR:
            return np.zeros_like(self.shortfall)
        better = self.distances(now - YEAR) - self.distances(now)
        return np.nan_to_num(better / figures.tolerance[:, :, now] * figures.weight[:, :, now], posinf=0.0, neginf=0.0)

    def distances(self, t: int) -> npt.NDArray[np.float64]:
        """How far each value of a month lies on the wrong side of its present target; negative on the right side."""
        figures, now = self.months, self.now
        value, low = figures.value[:, :, t], figures.target[:, :, now]
        high = np.where(np.isnan(figures.target_high[:, :, now]), low, figures.target_high[:, :, now])
        indicators = self.report.site.indicators
        direction = np.array([indicators[i].direction for i in self.report.indicators])
        off = np.maximum(np.maximum(low - value, value - high), 0.0)
        return np.where(direction == "range", off, np.where(direction == "higher", low - value, value - low))

    def _ordered(self, chosen: Flags, first: Flags, second: npt.NDArray[np.float64]) -> tuple[tuple[int, int], ...]:
        s, i = np.nonzero(chosen)
        order = np.lexsort((i, s, second[s, i], first[s, i]))
        return tuple(zip(s[order].tolist(), i[order].tolist(), strict=True))

    @property
    def judged(self) -> Flags:
        """[S, I]: which figures are key indicators of products."""
        judged: Flags = self.report.role == KEY
        judged[[s for s, subject in enumerate(self.report.subjects) if subject.level != "product"]] = False
        return judged

    def completeness(self) -> tuple[int, int]:
        """Delivered and expected figures of the month over all products, as family 10 counts them."""
        cells = self.report.role[list(self.products)]
        reason = self.months.reason[list(self.products), :, self.now]
        expected = np.isin(cells, (KEY, MONITOR)) & ~np.isin(reason, NOT_EXPECTED)
        missing = np.isin(reason, (REASON["no-data"], REASON["incomplete"]))
        return int((expected & ~missing).sum()), int(expected.sum())

    def missing(self) -> tuple[tuple[int, int], ...]:
        """Product and indicator of every expected figure of the month that has not arrived."""
        late = np.isin(self.months.reason[:, :, self.now], (REASON["no-data"], REASON["incomplete"]))
        late &= np.isin(self.report.role, (KEY, MONITOR))
        s, i = np.nonzero(late[list(self.products)])
        return tuple((self.products[at], one) for at, one in zip(s.tolist(), i.tolist(), strict=True))


def board(report: Report, changes: Sequence[Restated] = (), versions: Sequence[str] = ()) -> Board:
    """Work out what the pages of a report share."""
    figures, now = report.figures[Grain.MONTH], report.now()
    score, weight = figures.score[:, :, now], figures.weight[:, :, now]
    shortfall = weight * np.maximum(0.0, 100.0 - score)
    products = tuple(s for s, subject in enumerate(report.subjects) if subject.level == "product")
    lines = tuple(s for s, subject in enumerate(report.subjects) if subject.level == "line")
    bank = next((s for s, subject in enumerate(report.subjects) if subject.level == "bank"), None)
    plans, plans_of = _plans(report)
    action_status = {(a.plan, a.action): a.status for a in report.actions}
    changed = published(explained([one for one in changes if one.version in versions], report.site))
    return Board(
        report=report,
        now=now,
        products=products,
        lines=lines,
        bank=bank,
        keys=tuple(_keys(report, s, shortfall[s], weight[s]) for s in range(len(report.subjects))),
        watched=tuple(tuple(np.flatnonzero(report.role[s] == MONITOR).tolist()) for s in range(len(report.subjects))),
        shortfall=shortfall,
        shares=sum(report.site.products[report.subjects[s].id].share for s in products),
        pages=report.site.pages.figures or _pages(report, products),
        plans=plans,
        plans_of=plans_of,
        practices=_turned((i, id_) for id_, p in ordered_practices(report) for i in p.moves),
        ordered=ordered_practices(report),
        uses=_turned((practice, id_) for id_, plan in report.site.plans.items() for practice in _used(plan)),
        action_status=action_status,
        teller=Teller(
            report, plans, action_status, _restated(report, changed), newest_peers(report), worst_warnings(report)
        ),
        published=changed,
        versions=tuple(versions),
    )


def _restated(report: Report, changed: Sequence[Published]) -> dict[tuple[str, str], Restatement]:
    """The figures that this very report restates materially, each with its newest changed month."""
    found: dict[tuple[str, str], list[Restated]] = {}
    for one in (one.changes[-1] for one in changed):
        if one.version == report.version and one.is_material:
            found.setdefault((one.product, one.indicator), []).append(one)
    newest = {key: max(own, key=lambda one: one.period) for key, own in found.items()}
    return {
        key: Restatement(
            one.period, one.before, one.after, one.before_code, one.after_code, len(found[key]), one.reason
        )
        for key, one in newest.items()
    }


def _keys(
    report: Report, s: int, shortfall: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]
) -> tuple[int, ...]:
    """Worst first; a missing figure stands after all that fall short and before all that do not."""
    short = np.where(np.isnan(shortfall), 0.01, shortfall).tolist()
    found = np.flatnonzero(report.role[s] == KEY).tolist()
    return tuple(sorted(found, key=lambda i: (-short[i], -weight[i], i)))


def _pages(report: Report, products: tuple[int, ...]) -> str:
    carried = np.isin(report.role[list(products)], (KEY, MONITOR)).sum()
    return "all" if carried <= MOST_FIGURES else "none"


def _plans(report: Report) -> tuple[dict[tuple[str, str], tuple[str, ...]], dict[str, tuple[str, ...]]]:
    by_figure: list[tuple[tuple[str, str], str]] = []
    by_product: list[tuple[str, str]] = []
    for id_, plan in sorted(report.site.plans.items()):
        by_product.append((plan.product, id_))
        by_figure += [((plan.product, i), id_) for i in touched(plan)]
    return _turned(by_figure), _turned(by_product)


def touched(plan: Plan) -> tuple[str, ...]:
    """The indicators that a plan, or one of its actions, is about."""
    named = [*plan.indicators, *(i for _, action in sorted(plan.actions.items()) for i in action.indicators)]
    return tuple(dict.fromkeys(named))


def _used(plan: Plan) -> tuple[str, ...]:
    named = [*plan.practices, *(a.practice for _, a in sorted(plan.actions.items()) if a.practice)]
    return tuple(dict.fromkeys(named))


def ordered_practices(report: Report) -> tuple[tuple[str, Practice], ...]:
    """The playbook in its order: by family, then as declared."""
    families = {id_: order for order, id_ in enumerate(report.families)}
    found = report.site.practices.items()
    return tuple(sorted(found, key=lambda item: (families[item[1].family], item[1].order, natural(item[0]))))


def natural(id_: str) -> tuple[tuple[int, int, str], ...]:
    """A sorting key in which m-2-1 comes before m-10-1."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", id_))


def _turned(pairs: Iterable[tuple[Key, str]]) -> dict[Key, tuple[str, ...]]:
    found: dict[Key, dict[str, None]] = {}
    for key, value in pairs:
        found.setdefault(key, {})[value] = None
    return {key: tuple(values) for key, values in found.items()}
