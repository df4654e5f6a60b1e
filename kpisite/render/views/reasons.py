"""Why the composite of a product or of the house moved: its parts, named."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from kpisite.declare.model import Indicator
from kpisite.evaluate.apportion import apportion
from kpisite.evaluate.decompose import DEFINITION, EFFECTS, RESTATEMENT, TARGET, VALUE, WEIGHT, State
from kpisite.evaluate.reasons import Moment, Reasons, RollupReasons, reasons, rollup_reasons
from kpisite.evaluate.report import Report
from kpisite.periods import Grain
from kpisite.render.edition import Edition
from kpisite.render.headlines import weight_text
from kpisite.render.parts import Why
from kpisite.render.views.why import Bar, Told, from_to, label, why

# A part smaller than this is the noise of binary arithmetic.
_NOTHING = 1e-9
MIX = "mix"


class Part(NamedTuple):
    """One part of a change: in tenths of a point as shown, and exactly; `i` is on the axis of the reasons."""

    effect: str
    i: int  # -1 for the mix
    tenths: int
    points: float
    inseparable: bool


@dataclass(frozen=True, slots=True)
class Story:
    """The change of one product's composite between two moments, its parts from the largest on."""

    reasons: Reasons
    s: int
    before: Moment
    after: Moment
    first: int  # composites in tenths, as shown
    last: int
    parts: tuple[Part, ...]


def of_period(e: Edition, s: int) -> Why | None:
    """Why a product's composite moved since the period before."""
    if not e.board.now:
        return None
    before, after = Moment(e.report, e.board.now - 1), Moment(e.report, e.board.now)
    words = e.t["why"]
    title = words["period"].format(before=e.month_labels[before.t], after=e.month_labels[after.t])
    found = _story(e, before, after, e.report.subjects[s].id)
    return None if found is None else why(e, _told(e, found), "why-period", title)


def of_release(e: Edition, s: int, earlier: Report | None) -> Why | None:
    """How the release before judged its last month, and how that month is judged now; only where it differs."""
    if earlier is None or earlier.period not in e.board.months.periods:
        return None
    periods = earlier.figures[Grain.MONTH].periods
    before = Moment(earlier, periods.index(earlier.period))
    after = Moment(e.report, e.board.months.periods.index(earlier.period))
    found = _story(e, before, after, e.report.subjects[s].id)
    if found is None or not found.parts:
        return None
    title = e.t["why"]["release"].format(period=e.tongue.period(earlier.period), version=earlier.version)
    return why(e, _told(e, found), "why-release", title)


def _story(e: Edition, before: Moment, after: Moment, product: str) -> Story | None:
    """The change and its parts; nothing where one of the composites is none."""
    key = ("reasons", before.report.version, before.t, after.t)
    found: Reasons = e.fact(key, lambda: reasons(before, after))
    s = found.products.index(product)
    first, last = found.before.composite[s].item(), found.after.composite[s].item()
    if math.isnan(first + last):
        return None
    ends = (e.composite_tenths(first), e.composite_tenths(last))
    return Story(found, s, before, after, *ends, parts_of(found, s, ends[1] - ends[0]))


def parts_of(found: Reasons, s: int, whole: int) -> tuple[Part, ...]:
    """All parts of a change that are not nothing, rounded so that they sum to the whole (in tenths of a point)."""
    effects = found.moves.effects[s].tolist()
    lone = found.moves.inseparable[s].tolist()
    raw = [
        (points, EFFECTS[k], i, lone[i] and k == DEFINITION)
        for i, row in enumerate(effects)
        for k, points in enumerate(row)
        if abs(points) > _NOTHING
    ]
    mix = found.moves.mix[s].item()
    if abs(mix) > _NOTHING:
        raw.append((mix, MIX, -1, False))
    raw.sort(key=lambda one: -abs(one[0]))
    rounded = apportion([10 * one[0] for one in raw], whole)
    return tuple(
        Part(effect, i, tenths, points, alone) for tenths, (points, effect, i, alone) in zip(rounded, raw, strict=True)
    )


def _told(e: Edition, story: Story) -> Told:
    """The parts of a story with their names and with what changed from what to what."""
    return Told(
        story.first,
        story.last,
        tuple(
            Bar(
                label=_label(e, story, part),
                name=_name(e, story, part),
                effect=e.t["why"]["effects"][part.effect],
                tenths=part.tenths,
                remark=_remark(e, story, part),
            )
            for part in story.parts
        ),
    )


def _label(e: Edition, story: Story, part: Part) -> str:
    """The name of a part: of which indicator, and what about it."""
    if part.i < 0:
        return str(e.t["why"]["effects"][MIX])
    return label(e, _indicator(e, story, part.i), part.effect)


def _name(e: Edition, story: Story, part: Part) -> str:
    return str(e.t["why"]["several"]) if part.i < 0 else _indicator(e, story, part.i)


def _indicator(e: Edition, story: Story, i: int) -> str:
    id_ = story.reasons.indicators[i]
    for report in (story.after.report, story.before.report):
        if id_ in report.site.indicators:
            return e.say(report.site.indicators[id_].name)
    return id_


def _remark(e: Edition, story: Story, part: Part) -> str:
    """What changed, from what to what."""
    words = e.t["why"]
    if part.i < 0:
        return _mixed(e, story)
    first, second = story.reasons.before, story.reasons.after
    at = (story.s, part.i, 0)
    start = story.reasons.way.restated[at].item()
    known = first.value[at].item() if math.isnan(start) else start
    pair = {
        VALUE: (known, second.value[at].item()),
        TARGET: None,
        DEFINITION: (known, second.value[at].item()),
        RESTATEMENT: (first.value[at].item(), known),
        WEIGHT: None,
    }[EFFECTS.index(part.effect)]
    if pair is not None:
        text = from_to(e, *(_value(e, story, part.i, value) for value in pair))
        return e.listed([text, words["inseparable"]]) if part.inseparable else text
    if part.effect == EFFECTS[WEIGHT]:
        return from_to(e, *(weight_text(e, state.weight[at].item()) for state in (first, second)))
    return from_to(e, *(_target(e, story, part.i, state) for state in (first, second)))


def _value(e: Edition, story: Story, i: int, value: float) -> str:
    declared = _declared(story, i)
    return e.tongue.figure(value, e.tongue.column([value], declared.unit, declared.decimals, prose=True))


def _target(e: Edition, story: Story, i: int, state: State) -> str:
    at = (story.s, i, 0)
    low, high = state.goals.target[at].item(), state.goals.high[at].item()
    text = _value(e, story, i, low)
    return text if math.isnan(high) else e.tongue.span(text, _value(e, story, i, high))


def _declared(story: Story, i: int) -> Indicator:
    id_ = story.reasons.indicators[i]
    site = story.after.report.site
    return (site if id_ in site.indicators else story.before.report.site).indicators[id_]


def _mixed(e: Edition, story: Story) -> str:
    """Which indicators came into the score, and which left it."""
    words, found = e.t["why"], []
    for key, came in (("entered", story.reasons.entered), ("left", story.reasons.left)):
        names = [_indicator(e, story, i) for i, one in enumerate(came[story.s].tolist()) if one]
        if names:
            found.append(words[key].format(names=e.listed(names)))
    return e.listed(found) if found else ""


# ------------------------------------------------------------------------------------------------ the whole house


def of_house(e: Edition, earlier: Report) -> Why | None:
    """Why the composite of the whole house moved from one version's period to the other's, product by product."""
    words = e.t["changes"]
    return None if e.board.bank is None else _of_rollup(e, earlier, e.board.bank, ("why-house", words["house"]))


def of_lines(e: Edition, earlier: Report) -> tuple[Why, ...]:
    """The same of each line that is more than one product; of the others the product's own page tells."""
    several = [s for s in e.board.lines if len(e.report.subjects[s].members) > 1]
    found = (
        _of_rollup(e, earlier, s, (f"why-{e.report.subjects[s].id.replace(':', '-')}", e.subjects[s])) for s in several
    )
    return tuple(one for one in found if one is not None)


def _of_rollup(e: Edition, earlier: Report, s: int, named: tuple[str, str]) -> Why | None:
    """The block of the house or of a line with its id and title."""
    before, after = (Moment(report, report.now()) for report in (earlier, e.report))
    found = rollup_reasons(before, after, e.report.subjects[s].id)
    if found is None:
        return None
    first, last = e.composite_tenths(found.before), e.composite_tenths(found.after)
    raw = _rollup_parts(found)
    rounded = apportion([10 * points for _, _, points in raw], last - first)
    bars = tuple(_rollup_bar(e, earlier, one[:2], tenths) for one, tenths in zip(raw, rounded, strict=True))
    return why(e, Told(first, last, bars), *named, e.t["changes"]["house_note"])


def _rollup_parts(found: RollupReasons) -> list[tuple[str, str, float]]:
    """Product, effect and points of every part that is not nothing, the largest first; a mix has no product."""
    raw = [(product, "composite", points) for product, points in found.scores]
    raw += [(product, "share", points) for product, points in found.shares]
    raw.append(("", MIX, found.mix))
    return sorted([one for one in raw if abs(one[2]) > _NOTHING], key=lambda one: -abs(one[2]))


def _rollup_bar(e: Edition, earlier: Report, part: tuple[str, str], tenths: int) -> Bar:
    product, effect = part
    word = e.t["why"]["effects"][effect]
    if not product:
        return Bar(word, e.t["why"]["several_products"], word, tenths, "")
    report = e.report if product in e.report.site.products else earlier
    name = e.say(report.site.products[product].name)
    scores = [_composite(one, product) for one in (earlier, e.report)]
    remark = from_to(e, *(e.composite(score) for score in scores)) if effect == "composite" else ""
    return Bar(name if effect == "composite" else label(e, name, effect), name, word, tenths, remark)


def _composite(report: Report, product: str) -> float:
    score: float = report.scores[Grain.MONTH].score[report.subject(product), len(report.families), report.now()].item()
    return score
