"""The soundness of a report's data for programs: data/quality.json."""

from dataclasses import asdict, is_dataclass
from typing import Any

from kpisite.evaluate.report import Report
from kpisite.evaluate.soundness import Share, soundness, summary
from kpisite.measure.quality import ControlFact
from kpisite.release.inputs import freeze_source
from kpisite.release.text import as_json


def quality_json(report: Report) -> str:
    """Completeness, timeliness, bounds, controls, restatements and files."""
    found = soundness(report)
    return as_json(
        {
            "version": report.version,
            "period": report.period.label,
            "as_of": report.as_of,
            "summary": {name: _share(share) for name, share in summary(found).items()},
            "months": [month.label for month in found.months],
            "sources": [_plain(one) for one in found.sources],
            "products": [_plain(one) for one in found.products],
            "out_of_bounds": [asdict(one) for one in found.bounds],
            "controls": [_control(fact) for fact in found.controls],
            "files": [freeze_source(source) for source in report.sources],
        }
    )


def _share(share: Share) -> dict[str, float | int | None]:
    return {"part": share.part, "whole": share.whole, "share": share.ratio}


def _control(fact: ControlFact) -> dict[str, Any]:
    return asdict(fact) | {"difference": fact.difference, "state": fact.state}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of the facts
    if isinstance(value, Share):
        return _share(value)
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
