"""The report's own period as JSON that people can read, too: one figure a line."""

import json
from collections.abc import Iterator, Mapping

import numpy as np

from kpisite.evaluate.report import ROLES, STATUSES, Report
from kpisite.measure.series import REASONS
from kpisite.periods import GRAIN_ORDER, Grain

# Decimals of shares and scores here; the tables beside it hold all digits.
_BRIEF = 4
_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def result_json(report: Report) -> str:
    """The report's own period: scores and judged figures of every subject, one figure a line."""
    head = {
        "version": report.version,
        "title": report.title,
        "period": report.period.label,
        "as_of": report.as_of,
        "languages": list(report.site.site.languages),
    }
    lines = [f' "{name}": {_json(value)},' for name, value in head.items()]
    lines += [' "indicators": {', *_joined(_indicator_lines(report)), " },"]
    lines += [' "subjects": [', *_joined(_subject_lines(report)), " ]"]
    return "\n".join(("{", *lines, "}")) + "\n"


def _indicator_lines(report: Report) -> Iterator[str]:
    for id_ in report.indicators:
        one = report.site.indicators[id_]
        said = {
            "name": one.name.plain(),
            "family": one.family,
            "unit": one.unit,
            "decimals": one.decimals,
            "direction": one.direction,
        }
        yield f"  {_json(id_)}: {_json(said)}"


def _subject_lines(report: Report) -> Iterator[str]:
    grain = next((grain for grain in GRAIN_ORDER if _has_now(report, grain)), None)
    for s, subject in enumerate(report.subjects):
        head = {"id": subject.id, "level": subject.level, "name": _name_of(report, s)}
        if grain is None:
            yield f"  {_json(head)}"
            continue
        t = report.now(grain)
        start = _json(head | {"composite": _composite(report, grain, s, t)})[:-1]
        figures = _joined(f"   {_json(figure)}" for figure in _figures(report, grain, s, t))
        yield "\n".join((f'  {start}, "figures": [', *figures, "  ]}"))


def _composite(report: Report, grain: Grain, s: int, t: int) -> dict[str, object]:
    scores = report.scores[grain]
    at = (s, -1, t)
    counts = dict(zip(STATUSES, scores.counts[at].tolist(), strict=True))
    brief = {field: _brief(float(getattr(scores, field)[at])) for field in ("score", "coverage", "low", "high")}
    return {"status": STATUSES[scores.status[at]], **brief, "counts": counts}


def _figures(report: Report, grain: Grain, s: int, t: int) -> Iterator[dict[str, object]]:
    figures = report.figures[grain]
    for i in np.flatnonzero(report.role[s]).tolist():
        at = (s, i, t)
        high = float(figures.target_high[at])
        low = _given(float(figures.target[at]))
        yield {
            "indicator": report.indicators[i],
            "role": ROLES[report.role[s, i]],
            "value": _given(float(figures.value[at])),
            "reason": REASONS[figures.reason[at]] or None,
            "target": low if np.isnan(high) else [low, high],
            "weight": float(figures.weight[at]),
            "status": STATUSES[figures.status[at]],
            "score": _brief(float(figures.score[at])),
            "attainment": _brief(float(figures.attainment[at])),
        }


def _has_now(report: Report, grain: Grain) -> bool:
    return grain in report.figures and report.period.at(grain) in report.figures[grain].periods


def _name_of(report: Report, s: int) -> str | Mapping[str, str]:
    subject, site = report.subjects[s], report.site
    if subject.level == "product":
        return site.products[subject.id].name.plain()
    if subject.level == "line":
        return site.lines[subject.id.removeprefix("line:")].name.plain()
    return (site.bank.name or site.site.organisation or site.site.title).plain()


def _given(value: float) -> float | None:
    return None if np.isnan(value) else value


def _brief(value: float) -> float | None:
    return None if np.isnan(value) else round(value, _BRIEF)


def _joined(items: Iterator[str]) -> list[str]:
    """The items of a JSON list or object with commas between them."""
    found = list(items)
    return [f"{item}," for item in found[:-1]] + found[-1:]
