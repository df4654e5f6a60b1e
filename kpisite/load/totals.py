"""Rows that are no records: sums and notes that spreadsheets write below their tables."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from kpisite.declare.model import Source
from kpisite.load.faults import Faults
from kpisite.load.header import fold
from kpisite.load.labels import BadLabel

# How sums are called, without spaces and in lower case.
TOTALS = ("合计", "小计", "总计", "共计", "累计", "total", "totals", "subtotal", "sub-total", "grandtotal", "sum")


def set_apart(source: Source, faults: Faults) -> dict[str, str]:
    """Take the labels of rows that do not count out of the faults; the answer says why each does not.

    A sum that is not named by `ignore_rows` stays a fault whatever is said of unknown products: added in, it would
    double everything.
    """
    apart: dict[str, str] = {}
    totals: dict[str, BadLabel] = {}
    for labels in (faults.products, faults.periods):
        for label in labels:
            if any(fnmatchcase(fold(label), fold(pattern)) for pattern in source.ignore_rows):
                apart[label] = "total-row"
            elif "".join(fold(label).lower().split()) in TOTALS:
                hint = f"Declare 'ignore_rows: [{fold(label)}]' to leave such rows out."
                totals[label] = BadLabel(f"'{label}' seems to be a row of sums", hint)
    faults.totals = totals
    faults.products = _without(faults.products, apart, totals)
    faults.periods = _without(faults.periods, apart, totals)
    if source.unknown != "error":
        faults.unasked = frozenset(faults.measures)
    if source.unknown == "ignore":
        faults.measures = {}
        apart |= dict.fromkeys(faults.products, "unknown-product")
        faults.products = {}
    return apart


def _without(labels: Mapping[str, BadLabel], *taken: Mapping[str, object]) -> dict[str, BadLabel]:
    return {label: bad for label, bad in labels.items() if not any(label in one for one in taken)}
