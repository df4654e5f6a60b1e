"""Competitors' values with what follows from them, as a CSV table and back."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from kpisite.evaluate.report import PeerFact
from kpisite.periods import parse
from kpisite.release.text import number

PEER_COLUMNS = (
    "product", "indicator", "period", "competitor", "value", "source", "as_of", "definition_note", "comparable",
    "confidence", "own", "gap", "relative_gap", "gap_change", "worsenings", "rank", "of", "percentile", "median",
    "best", "quadrant", "material",
)  # fmt: skip


def peer_table(facts: Sequence[PeerFact], text: Callable[[str], str] = str) -> str:
    """One line for each value; `text` is applied to what people wrote."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(PEER_COLUMNS)
    for one in facts:
        key = (one.product, one.indicator, one.period.label, one.competitor, number(one.value), text(one.source))
        known = (one.as_of, text(one.note), one.comparable, one.confidence)
        gaps = (number(x) for x in (one.own, one.gap, one.relative_gap, one.gap_change))
        counts = (str(one.worsenings or ""), str(one.rank or ""), str(one.of or ""))
        lines = (number(x) for x in (one.percentile, one.median, one.best))
        writer.writerow((*key, *known, *gaps, *counts, *lines, one.quadrant, number(one.material)))
    return out.getvalue()


def read_peers(text: str, fiscal_start: int) -> tuple[PeerFact, ...]:
    """The values and comparisons back from their table."""
    found = []
    for row in csv.DictReader(io.StringIO(text, newline="")):
        fields: dict[str, Any] = {name: row[name] for name in _TEXTS}
        fields |= {name: float(row[name] or "nan") for name in _NUMBERS}
        fields |= {name: int(row[name] or 0) for name in ("worsenings", "rank", "of")}
        period, note = parse(row["period"], fiscal_start), row["definition_note"]
        found.append(PeerFact(**fields, period=period, note=note))
    return tuple(found)


_TEXTS = ("product", "indicator", "competitor", "source", "as_of", "comparable", "confidence", "quadrant")
_NUMBERS = ("value", "own", "gap", "relative_gap", "gap_change", "percentile", "median", "best", "material")
