"""Status and signal of figures as marks, with words that say what the signal is told of."""

from functools import partial
from typing import Any, get_args

import numpy as np
from markupsafe import Markup

from kpisite.evaluate.charted import CADENCES, Watched, watched
from kpisite.evaluate.limits import NONE
from kpisite.evaluate.report import ASSURANCES, VARIATIONS, Codes, Report, Signals
from kpisite.evaluate.trend import TRENDS
from kpisite.periods import Grain
from kpisite.render import marks
from kpisite.render.due import month_due
from kpisite.render.edition import Edition

WATCHED: tuple[Watched, ...] = get_args(Watched)
_WORSENING = TRENDS.index("worsening")
_COMMON = "common"


def judgements(e: Edition, grain: Grain, at: tuple[Any, ...]) -> list[Markup]:
    """Status and signal of the figures at these places of a grain's arrays."""
    figures, found = e.report.figures[grain], e.report.signals.get(grain)
    status = np.where(np.isnan(figures.value[at]), marks.NO_DATA, figures.status[at]).tolist()
    if found is None:
        return [e.marks[code] for code in status]
    aspect = e.fact(("aspects", grain), partial(_aspects, e.report, grain, found))
    codes = zip(
        status, found.variation[at].tolist(), found.assurance[at].tolist(), aspect[at].tolist(), strict=True
    )  # fmt: skip
    both: _Both = e.once(("both marks", grain), partial(_Both, e, grain))
    return [both[code] for code in codes]


def judged_now(e: Edition, s: int, i: int) -> Markup:
    """The status alone of a figure of the report's month, or of what was due last."""
    figures, at = e.board.months, (s, i, month_due(e, s, i))
    return e.mark(marks.NO_DATA if np.isnan(figures.value[at]) else int(figures.status[at]))


def watched_text(e: Edition, i: int) -> str:
    """What the chart of natural variation watches of an indicator, in words."""
    declared = e.site.indicators[e.report.indicators[i]]
    return _watched(e, watched(declared), declared.cadence)


def variation_text(e: Edition, variation: str, of: Watched, cadence: str, *, worsens: bool) -> str:
    """What the chart says of a point and of what; noise with a trend that worsens is never told without it."""
    words = e.t["signal"]
    text = words["variation"][variation] if variation else ""
    if text and of != "level":
        text = words["of_watched"].format(watched=_watched(e, of, cadence), text=text)
    return e.listed(one for one in (text, words["worsening"] if worsens and variation == _COMMON else "") if one)


def _watched(e: Edition, of: Watched, cadence: str) -> str:
    words = e.t["signal"]
    text: str = words["watched"][of].format(rhythm=words["rhythm"][cadence])
    return text


def _aspects(report: Report, grain: Grain, found: Signals) -> Codes:
    """[S, I, T]: the place in WATCHED, beyond its end by that much for the newest point of a trend that worsens."""
    own = [WATCHED.index(watched(report.site.indicators[id_])) for id_ in report.indicators]
    # A count that should be zero has no limits and is taken as it is.
    aspect: Codes = np.where(found.state == NONE, 0, np.array(own, dtype=np.int8)[:, None]).astype(np.int8)
    ended = [t for t, one in enumerate(report.figures[grain].periods) if one.last_month <= report.period.last_month]
    if ended:
        aspect[:, :, ended[-1]] += len(WATCHED) * (report.outlook.trend == _WORSENING)
    return aspect


class _Both(dict[tuple[int, int, int, int], Markup]):
    """The marks of status and signal beside each other, by status, variation, assurance and aspect: there are few."""

    def __init__(self, e: Edition, grain: Grain) -> None:
        """Made of the words of this edition."""
        self.e, self.cadence = e, next(cadence for cadence, one in CADENCES.items() if one is grain)

    def __missing__(self, codes: tuple[int, int, int, int]) -> Markup:
        """Set two marks beside each other for the first time."""
        status, variation, assurance = codes[0], VARIATIONS[codes[1]], ASSURANCES[codes[2]]
        worsens, of = divmod(codes[3], len(WATCHED))
        said = [variation_text(self.e, variation, WATCHED[of], self.cadence, worsens=bool(worsens))]
        said += [self.e.t["signal"]["assurance"][assurance]] if assurance else []
        text = self.e.listed(one for one in said if one)
        self[codes] = found = self.e.marks[status] + marks.signal(variation, assurance, text)
        return found
