"""Declarations -> text made for `git diff`, and back: one fact in one place.

definitions.json holds what is measured, targets.csv what is wanted, plans/ and reviews/ what was agreed, texts/ the
Markdown. What the release is called stands in release.json. Things stay in the order in which they were declared,
because pages show them so.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from kpisite.declare.model import Site, Target
from kpisite.release.text import as_json, number, read_text_cell, text_cell

DEFINITIONS = "definitions.json"
TARGETS = "targets.csv"
REVIEWS = "reviews/reviews.json"
RESTATEMENTS = "reviews/restatements.json"
PLANS = "plans/"
TEXTS = "texts/"
# The owner of targets in targets.csv that are the bank's own; no product can be called so.
BANK = "bank"

TARGET_COLUMNS = (
    "product", "indicator", "from", "until", "period", "weight", "target", "tolerance", "path", "basis", "by",
    "baseline_period", "baseline_value", "steps", "profile", "floor", "amber", "stretch", "owner", "approved_by",
    "approved_on", "rationale",
)  # fmt: skip
_ELSEWHERE: dict[str, Any] = {
    "report": {"version", "title"},
    "plans": True,
    "reviews": True,
    "restatements": True,
    "bodies": True,
    "lint": True,
    "products": {"__all__": {"key"}},
    "bank": {"key"},
    # Where and how data were read is no part of what they say.
    "connections": True,
    "engine": True,
}


def freeze_site(site: Site) -> dict[str, str]:
    """The declarations as files."""
    definitions = site.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=_ELSEWHERE)
    files = {DEFINITIONS: as_json(definitions), TARGETS: _targets(site)}
    for id_, plan in site.plans.items():
        files[f"{PLANS}{id_}.json"] = as_json(_plain(plan))
    if site.reviews:
        files[REVIEWS] = as_json([_plain(review) for review in site.reviews])
    if site.restatements:
        files[RESTATEMENTS] = as_json([_plain(note) for note in site.restatements])
    for path, texts in site.bodies.items():
        for language, text in texts.items():
            files[f"{TEXTS}{path}.{language}.md"] = text
    return files


def thaw_site(files: Mapping[str, str], *, version: str, titles: object) -> Site:
    """The declarations back from their files; where they were once written is not known any more."""
    data = json.loads(files[DEFINITIONS])
    data["report"] |= {"version": version} | ({"title": titles} if titles else {})
    for owner, keys in _read_targets(files[TARGETS]).items():
        holder = data.setdefault("bank", {}) if owner == BANK else data["products"][owner]
        holder["key"] = keys
    data["plans"] = {path[len(PLANS) : -len(".json")]: json.loads(files[path]) for path in _below(PLANS, files)}
    data["reviews"] = json.loads(files.get(REVIEWS, "[]"))
    data["restatements"] = json.loads(files.get(RESTATEMENTS, "[]"))
    data["bodies"] = _read_bodies(files)
    return Site.model_validate(data)


def is_declaration(path: str) -> bool:
    """Does this file of a release hold declarations?"""
    return path in (DEFINITIONS, TARGETS) or path.startswith((PLANS, TEXTS, "reviews/"))


def _plain(declared: Any) -> Any:  # noqa: ANN401 - any model of declarations
    return declared.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _targets(site: Site) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(TARGET_COLUMNS)
    owners = [(id_, product.key) for id_, product in site.products.items()]
    for owner, keys in (*owners, (BANK, site.bank.key)):
        for indicator, targets in keys.items():
            writer.writerows([owner, indicator, *row] for target in targets for row in _target_rows(target))
    return out.getvalue()


def _target_rows(target: Target) -> Iterator[list[str]]:
    """The lines of one target: one, or one for each month of a table."""
    if target.path != "table":
        yield list(_target_cells(target, "", "" if target.path == "step" else _level(target.target)))
    for month, level in target.values.items():
        yield list(_target_cells(target, month.label, _level(level)))


def _target_cells(target: Target, period: str, level: str) -> Iterator[str]:
    yield target.from_.label if target.from_ else ""
    yield target.until.label if target.until else ""
    yield period
    yield number(target.weight)
    yield level
    yield _maybe(target.tolerance)
    yield target.path
    yield target.basis
    yield target.by.label if target.by else ""
    yield target.baseline.period.label if target.baseline else ""
    yield number(target.baseline.value) if target.baseline else ""
    yield ";".join(f"{month.label}={_level(one)}" for month, one in target.steps.items())
    yield ";".join(number(part) for part in target.profile)
    yield _maybe(target.floor)
    yield _maybe(target.amber)
    yield _maybe(target.stretch)
    yield target.owner
    yield target.approved_by
    yield target.approved_on.isoformat() if target.approved_on else ""
    yield text_cell(target.rationale)


def _maybe(value: float | None) -> str:
    return "" if value is None else number(value)


def _level(wanted: float | tuple[float, float]) -> str:
    return f"{number(wanted[0])}..{number(wanted[1])}" if isinstance(wanted, tuple) else number(wanted)


def _read_level(text: str) -> float | tuple[float, float]:
    low, _, high = text.partition("..")
    return (float(low), float(high)) if high else float(low)


def _read_targets(text: str) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The targets by owner and indicator, as an author writes them."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    # Releases made before a column was thought of do without it.
    empty = dict.fromkeys(TARGET_COLUMNS, "") | {"basis": "period"}
    for written in csv.DictReader(io.StringIO(text, newline="")):
        row = empty | written
        targets = found.setdefault(row["product"], {}).setdefault(row["indicator"], [])
        if not row["period"]:
            targets.append(_read_target(row))
            continue
        # The months of one table follow each other and begin together; no two targets of a figure do.
        if not targets or targets[-1]["path"] != "table" or targets[-1].get("from", "") != row["from"]:
            targets.append(_read_target(row) | {"values": {}})
        targets[-1]["values"][row["period"]] = _read_level(row["target"])
    return found


def _read_target(row: Mapping[str, str]) -> dict[str, Any]:
    target: dict[str, Any] = {
        "weight": float(row["weight"]),
        "path": row["path"],
        "basis": row["basis"],
        "owner": row["owner"],
        "approved_by": row["approved_by"],
        "rationale": read_text_cell(row["rationale"]),
    }
    if row["target"] and not row["period"]:
        target["target"] = _read_level(row["target"])
    target |= {name: float(row[name]) for name in ("tolerance", "floor", "amber", "stretch") if row[name]}
    if row["baseline_period"]:
        target["baseline"] = {"period": row["baseline_period"], "value": float(row["baseline_value"])}
    if row["steps"]:
        steps = (step.partition("=") for step in row["steps"].split(";"))
        target["steps"] = {month: _read_level(level) for month, _, level in steps}
    if row["profile"]:
        target["profile"] = tuple(float(part) for part in row["profile"].split(";"))
    return target | {name: row[name] for name in ("from", "until", "by", "approved_on") if row[name]}


def _read_bodies(files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    bodies: dict[str, dict[str, str]] = {}
    for path in _below(TEXTS, files):
        name, _, language = path[len(TEXTS) : -len(".md")].rpartition(".")
        bodies.setdefault(name, {})[language] = files[path]
    return bodies


def _below(folder: str, files: Mapping[str, str]) -> list[str]:
    return sorted(path for path in files if path.startswith(folder))
