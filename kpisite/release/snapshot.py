"""A report as text that never changes again, and the report back from it.

Each fact stands once: what was declared in definitions.json, targets.csv, plans/, reviews/ and texts/, what was found
in inputs/, values/ and scores.csv. release.json names the release and holds the hashes by which damage is noticed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

from kpisite.evaluate.report import ActionFact, Report
from kpisite.measure.series import Subject
from kpisite.periods import parse
from kpisite.release.axes import freeze_axes, thaw_axes
from kpisite.release.declarations import RESTATEMENTS, REVIEWS, freeze_site, is_declaration, thaw_site
from kpisite.release.inputs import freeze_source, thaw_source
from kpisite.release.measured import MEASURES, freeze_inputs, thaw_inputs
from kpisite.release.outlook_tables import outlook_table, read_outlook
from kpisite.release.parts import freeze_parts, part_axes, thaw_parts
from kpisite.release.peer_table import peer_table, read_peers
from kpisite.release.quality_tables import freeze_quality, thaw_quality
from kpisite.release.read_tables import read_figures, read_scores
from kpisite.release.signal_tables import limit_table, read_signals
from kpisite.release.tables import score_table, table, value_table
from kpisite.release.text import as_json
from kpisite.release.warning_table import read_warnings, warning_table

HEAD = "release.json"
AXES = "axes.json"
SCORES = "scores.csv"
ACTIONS = "actions.csv"
WARNINGS = "warnings.csv"
COMPETITORS = "competitors.csv"
# What of release.json counts as content: not the tool, its title, how the data came, or the release before.
_SAID = ("version", "period", "as_of")


def freeze(report: Report, previous: str = "") -> dict[str, str]:
    """The report as text by path below releases/<version>/; `previous` names the release before it."""
    files = freeze_site(report.site)
    files[AXES] = freeze_axes(report, part_axes(report))
    files |= freeze_parts(report)
    files |= {values_path(one.id): value_table(report, s) for s, one in enumerate(report.subjects)}
    files |= {signals_path(one.id): limit_table(report, s) for s, one in enumerate(report.subjects)}
    files |= freeze_inputs(report.inputs, products_of(report.subjects))
    files |= {outlook_path(one.id): outlook_table(report, s) for s, one in enumerate(report.subjects)}
    files |= freeze_quality(report.quality, report.inputs, products_of(report.subjects))
    files[SCORES] = score_table(report).decode()
    files[ACTIONS] = table(("plan", "action", "status"), [f"{a.plan},{a.action},{a.status}" for a in report.actions])
    files[WARNINGS] = warning_table(report)
    if report.peers:
        files[COMPETITORS] = peer_table(report.peers)
    files[HEAD] = _head(report, files, previous)
    return dict(sorted(files.items()))


def thaw(files: Mapping[str, str]) -> Report:
    """The report back from its text."""
    head = json.loads(files[HEAD])
    site = thaw_site(files, version=head["version"], titles=head["titles"])
    fiscal = site.report.fiscal_year_starts
    axes, role = thaw_axes(files[AXES], fiscal)
    figures, judged = read_figures(axes, [files[values_path(subject.id)] for subject in axes.subjects])
    inputs = thaw_inputs(files, products_of(axes.subjects))
    return Report(
        version=head["version"],
        title=head["title"],
        period=parse(head["period"], fiscal),
        as_of=head["as_of"],
        site=site,
        subjects=axes.subjects,
        indicators=axes.indicators,
        families=axes.families,
        role=role,
        figures=figures,
        scores=read_scores(axes, files[SCORES]),
        signals=read_signals(axes, site, judged, [files[signals_path(subject.id)] for subject in axes.subjects]),
        warnings=read_warnings(axes, site, files[WARNINGS]),
        outlook=read_outlook(axes, [files[outlook_path(subject.id)] for subject in axes.subjects]),
        actions=tuple(ActionFact(*line.split(",")) for line in files[ACTIONS].splitlines()[1:]),
        peers=read_peers(files.get(COMPETITORS, ""), fiscal),
        sources=tuple(thaw_source(source) for source in head["inputs"]),
        inputs=inputs,
        quality=thaw_quality(files, inputs, products_of(axes.subjects)),
        breakdowns=thaw_parts(axes, role, json.loads(files[AXES]).get("breakdowns", []), files),
        frozen=True,
    )


def content_hash(report: Report) -> str:
    """What a signature stands for: the same for every report that says the same."""
    found: str = json.loads(freeze(report)[HEAD])["content_hash"]
    return found


def content_hash_of(files: Mapping[str, str], head: Mapping[str, Any]) -> str:
    """The hash over everything a release says; reviews, reasons and the words of an engine are said about it."""
    said = [f"{name}={head[name]}\n" for name in _SAID]
    kept = [path for path in sorted(files) if path not in (HEAD, REVIEWS, RESTATEMENTS, MEASURES)]
    return hash_of("".join((*said, *(f"{path} {hash_of(files[path])}\n" for path in kept))))


def seal_of(head: Mapping[str, Any]) -> str:
    """The hash over release.json itself."""
    return hash_of(as_json({name: value for name, value in head.items() if name != "seal"}))


def hash_of(text: str) -> str:
    """The SHA-256 of one file's bytes."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def products_of(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """The products among the subjects, in their order."""
    return tuple(subject.id for subject in subjects if subject.level == "product")


def values_path(subject: str) -> str:
    """The file of a subject's figures."""
    return f"values/{subject.replace(':', '-')}.csv"


def outlook_path(subject: str) -> str:
    """The file of trends and forecasts of a subject's figures."""
    return f"outlook/{subject.replace(':', '-')}.csv"


def signals_path(subject: str) -> str:
    """The file of the limits of a subject's figures."""
    return f"signals/{subject.replace(':', '-')}.csv"


def _head(report: Report, files: Mapping[str, str], previous: str) -> str:
    head: dict[str, Any] = {
        "version": report.version,
        "title": report.title,
        "titles": report.site.report.title.plain(),
        "period": report.period.label,
        "as_of": report.as_of,
        "previous": previous,
    }
    declared = [path for path in sorted(files) if is_declaration(path)]
    head["content_hash"] = content_hash_of(files, head)
    head["definitions_hash"] = hash_of("".join(f"{path} {hash_of(files[path])}\n" for path in declared))
    head["inputs"] = [freeze_source(source) for source in report.sources]
    head["files"] = {path: hash_of(files[path]) for path in sorted(files)}
    head["tool"] = f"kpisite {metadata.version('kpisite')}"
    head["seal"] = seal_of(head)
    return as_json(head)
