"""What several pages ask of a report, worked out once: order, shortfall, and which plans touch what; no words yet."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Plan, Practice
from kpisite.evaluate.report import GREEN, GREY, KEY, MONITOR, RED, Figures, Report, Scores
from kpisite.measure.series import NOT_EXPECTED, REASON
from kpisite.periods import Grain

# Statuses of actions that need nothing more.
CLOSED_ACTIONS = ("cancelled", "done", "done-late")
LATE_ACTIONS = ("late", "overdue-start")
# With more figures than this, and nothing declared, they have no pages of their own.
MOST_FIGURES = 5_000

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
    pages: str  # all, key or none: which figures have pages of their own
    plans: dict[tuple[str, str], tuple[str, ...]]  # product, indicator -> plans that touch it
    plans_of: dict[str, tuple[str, ...]]  # product -> plans
    practices: dict[str, tuple[str, ...]]  # indicator -> practices that move it
    ordered: tuple[tuple[str, Practice], ...]  # the playbook in its order
    uses: dict[str, tuple[str, ...]]  # practice -> plans that use it
    action_status: dict[tuple[str, str], str]

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
        """The products by composite, the lowest first; those without one come first of all."""
        score = self.scores.score[:, self.composite, self.now]
        return tuple(sorted(self.products, key=lambda s: (not np.isnan(score[s]), score[s], s)))

    def attention(self) -> tuple[tuple[int, int], ...]:
        """Product and indicator of every key figure that misses its target: crossed limits first, then by shortfall."""
        figures, now = self.months, self.now
        found = [
            (not figures.over_limit[s, i, now], -self.shortfall[s, i], s, i)
            for s in self.products
            for i in self.keys[s]
            if figures.status[s, i, now] not in (GREEN, GREY)
        ]
        return tuple((s, i) for _, _, s, i in sorted(found))

    def good_news(self) -> tuple[tuple[int, int, bool], ...]:
        """Product and indicator of met targets that are newly green (True) or have improved, the largest gain first."""
        found = []
        for s in self.products:
            for i in self.keys[s]:
                gain, newly = self._gain(s, i)
                if gain > 0 or newly:
                    found.append((not newly, -gain, s, i))
        return tuple((s, i, not old) for old, _, s, i in sorted(found))

    def _gain(self, s: int, i: int) -> tuple[float, bool]:
        """Weighted improvement in tolerances since a year before, and: was it off target the month before?"""
        figures, now = self.months, self.now
        if figures.status[s, i, now] != GREEN:
            return 0.0, False
        newly = now > 0 and figures.status[s, i, now - 1] not in (GREEN, GREY)
        if now < 12:
            return 0.0, newly
        better = self.distance(s, i, now - 12) - self.distance(s, i, now)
        gain = better / figures.tolerance[s, i, now] * figures.weight[s, i, now]
        return (float(gain) if np.isfinite(gain) else 0.0), newly

    def distance(self, s: int, i: int, t: int) -> float:
        """How far a month's value lies on the wrong side of the present target; negative on the right side."""
        figures, now = self.months, self.now
        value = float(figures.value[s, i, t])
        low, high = float(figures.target[s, i, now]), float(figures.target_high[s, i, now])
        direction = self.report.site.indicators[self.report.indicators[i]].direction
        if direction == "range":
            return max(low - value, value - high, 0.0)
        return low - value if direction == "higher" else value - low

    def completeness(self) -> tuple[int, int]:
        """Delivered and expected figures of the month over all products, as family 10 counts them."""
        cells = self.report.role[list(self.products)]
        reason = self.months.reason[list(self.products), :, self.now]
        expected = np.isin(cells, (KEY, MONITOR)) & ~np.isin(reason, NOT_EXPECTED)
        missing = np.isin(reason, (REASON["no-data"], REASON["incomplete"]))
        return int((expected & ~missing).sum()), int(expected.sum())

    def missing(self) -> Iterator[tuple[int, int]]:
        """Product and indicator of every expected figure of the month that has not arrived."""
        for s in self.products:
            for i in (*self.keys[s], *self.watched[s]):
                if self.months.reason[s, i, self.now] in (REASON["no-data"], REASON["incomplete"]):
                    yield s, i


def board(report: Report) -> Board:
    """Work out what the pages of a report share."""
    figures, now = report.figures[Grain.MONTH], report.now()
    score, weight = figures.score[:, :, now], figures.weight[:, :, now]
    shortfall = weight * np.maximum(0.0, 100.0 - score)
    products = tuple(s for s, subject in enumerate(report.subjects) if subject.level == "product")
    lines = tuple(s for s, subject in enumerate(report.subjects) if subject.level == "line")
    bank = next((s for s, subject in enumerate(report.subjects) if subject.level == "bank"), None)
    plans, plans_of = _plans(report)
    return Board(
        report=report,
        now=now,
        products=products,
        lines=lines,
        bank=bank,
        keys=tuple(_keys(report, s, shortfall[s], weight[s]) for s in range(len(report.subjects))),
        watched=tuple(tuple(np.flatnonzero(report.role[s] == MONITOR).tolist()) for s in range(len(report.subjects))),
        shortfall=shortfall,
        pages=report.site.pages.figures or _pages(report, products),
        plans=plans,
        plans_of=plans_of,
        practices=_turned((i, id_) for id_, p in ordered_practices(report) for i in p.moves),
        ordered=ordered_practices(report),
        uses=_turned((practice, id_) for id_, plan in report.site.plans.items() for practice in _used(plan)),
        action_status={(a.plan, a.action): a.status for a in report.actions},
    )


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
