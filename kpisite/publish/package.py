"""datapackage.json: what each exported file is and what its columns mean to a program (Frictionless, version 2)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from kpisite.evaluate.report import ROLES, SEVERITIES, STATUSES, WARNING_RULES, Report
from kpisite.measure.series import REASONS
from kpisite.release.peer_table import PEER_COLUMNS
from kpisite.release.tables import SCORE_COLUMNS
from kpisite.release.text import as_json
from kpisite.release.warning_table import WARNING_COLUMNS

RESULT_COLUMNS = (
    "product", "indicator", "period", "value", "target", "attainment", "status", "score", "signal", "reason",
    "role", "weight", "provisional",
)  # fmt: skip
ACTION_COLUMNS = (
    "plan", "action", "product", "indicators", "owner", "practice", "start", "due", "done", "progress", "status",
)  # fmt: skip
BREAKDOWN_COLUMNS = ("product", "indicator", "dimension", "label", "period", "value", "reason")
_ACTION_STATUSES = ("cancelled", "done", "done-late", "late", "at-risk", "doing", "overdue-start", "planned")
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_NUMBERS = {"value", "attainment", "score", "weight", "coverage", "low", "high", "progress", "threshold", "chance"}
_NUMBERS |= {"own", "gap", "relative_gap", "gap_change", "percentile", "median", "best", "material"}
_COUNTS = {*STATUSES, "worsenings", "rank", "of"}
_DATES = {"start", "due", "done", "as_of"}
_TABLES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "results.csv": (RESULT_COLUMNS, ("product", "indicator", "period")),
    "scores.csv": (SCORE_COLUMNS, ("product", "family", "period")),
    "warnings.csv": (WARNING_COLUMNS, ("id",)),
    "breakdowns.csv": (BREAKDOWN_COLUMNS, ("product", "indicator", "dimension", "label", "period")),
    "competitors.csv": (PEER_COLUMNS, ("product", "indicator", "period", "competitor")),
    "actions.csv": (ACTION_COLUMNS, ("plan", "action")),
}


def data_package(report: Report, files: Mapping[str, bytes]) -> str:
    """The description of these files."""
    site = report.site.site
    return as_json(
        {
            "$schema": _PROFILE,
            "name": f"kpisite-{report.version.lower()}",
            "title": site.title.in_(site.languages[0]),
            "version": report.version,
            "resources": [_resource(name, files[name]) for name in sorted(files)],
        }
    )


def _resource(name: str, data: bytes) -> dict[str, Any]:
    stem, _, ending = name.partition(".")
    resource: dict[str, Any] = {
        "name": stem if ending == "csv" else f"{stem}-{ending}",
        "path": name,
        "format": ending,
        "mediatype": "text/csv" if ending == "csv" else "application/json",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }
    if name in _TABLES:
        columns, key = _TABLES[name]
        fields = [_field(name, column) for column in columns]
        schema = {"fields": fields, "primaryKey": list(key), "missingValues": [""]}
        resource |= {"type": "table", "schema": schema}
    return resource


def _field(table: str, column: str) -> dict[str, Any]:
    """A column with its type, and its words where they are known; a target may be a range and so is text."""
    if column in _NUMBERS:
        return {"name": column, "type": "number"}
    if column in _COUNTS:
        return {"name": column, "type": "integer"}
    if column in _DATES:
        return {"name": column, "type": "date"}
    if column == "indicators":
        return {"name": column, "type": "list", "delimiter": ";"}
    allowed = _words(table, column)
    return {"name": column, "type": "string"} | ({"constraints": {"enum": list(allowed)}} if allowed else {})


def _words(table: str, column: str) -> tuple[str, ...]:
    """The words that may stand in a column."""
    if column == "status":
        return _ACTION_STATUSES if table == "actions.csv" else STATUSES
    if column == "reason":
        return REASONS[1:]
    if table == "warnings.csv" and column in ("rule", "severity"):
        return WARNING_RULES if column == "rule" else SEVERITIES
    return ROLES[1:] if column == "role" else ()
