"""A large clean file in one pass: its measures by product and month, with the proof that nothing had to be mended.

What is found here is only what the staged table would give, cell by cell the same; wherever anything at all must be
looked at closely (a cell that the fast cast refuses, a label that is not declared, a row without a day), the answer is
that there is none, and the file is staged.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Site, Source
from kpisite.load import engine_duckdb as engine
from kpisite.load.account import Account
from kpisite.load.columnfile import ColumnFile
from kpisite.load.engine import Answer
from kpisite.load.labels import product_labels, product_numbers, read_periods, read_products
from kpisite.load.narrow import narrowed
from kpisite.load.opening import refuse_changed
from kpisite.load.scope import Scope, last_known_month, last_month
from kpisite.load.staging import Part, Staged, own_types, selected_days
from kpisite.periods import Grain

Integers = npt.NDArray[np.int64]
# Bytes of a smaller file are staged so fast that nothing is gained.
LARGE = 1 << 24
# Days of other years are looked at closely.
FIRST_YEAR, LAST_YEAR = 1900, 2200
NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Found:
    """The measures by product and month, the account of the file, and the first and last month of each product."""

    answer: Answer  # product, month, counted, and each aggregate under its SQL
    account: Account
    spans: Mapping[int, tuple[int, int]]


def is_fit(source: Source, parts: Sequence[Part]) -> bool:
    """Is it one large file of records that are added up, each with its product and its day?"""
    return (
        len(parts) == 1
        and parts[0].text.size >= LARGE
        and source.repeats == "allow"
        and source.product is not None
        and source.period_column is not None
        and source.as_of is None
        and "{as_of}" not in source.file
        and source.measure is None
        and source.grain in (None, Grain.DAY)
        and source.date_format == "label"
    )


def read_at_once(scope: Scope, source: str, staged: Staged, part: Part, aggregates: Sequence[str]) -> Found | None:
    """Compute these aggregates while the file is read; None where it must be staged."""
    try:
        rows = selected_days(staged, scope.site.sources[source], part)
        first = scope.connection.execute(f"SELECT day IS NOT NULL AND NOT doubtful FROM ({rows}) LIMIT 1").fetchall()
        if not first or not first[0][0]:
            return None
        own = own_types(staged, part)
        asked = {sql: narrowed(sql, own) for sql in aggregates}
        # The statistics of a Parquet file tell its newest day; of any other file it is found on the way.
        told = isinstance(part.text, ColumnFile)
        answer = engine.fetch(scope.connection, _query(rows, asked if told else asked | {NEWEST: "max(day)"}))
        if told:
            answer |= engine.fetch(scope.connection, f"SELECT max(day) AS {NEWEST} FROM ({rows})")
    except engine.EngineError:
        # What it is can be told by those who look closely.
        return None
    return _checked(scope, source, part, answer)


def _query(rows: str, aggregates: Mapping[str, str]) -> str:
    """Group the rows by product and month; a row in doubt has none, which costs less than counting such rows."""
    fields = "".join(f", {sql} AS {engine.name(name)}" for name, sql in aggregates.items())
    month = "CASE WHEN doubtful THEN NULL ELSE CAST(year(day) AS INTEGER) * 12 + CAST(month(day) AS INTEGER) - 1 END"
    return f"SELECT product AS label, {month} AS month, count(*) AS counted{fields} FROM ({rows}) GROUP BY 1, 2"


def _checked(scope: Scope, source: str, part: Part, answer: Answer) -> Found | None:
    """The answer with numbers for labels, if every row has its place in it and none is in doubt."""
    labels, month = np.ma.asarray(answer["label"]), np.ma.asarray(answer["month"])
    if not len(month) or labels.mask.any() or month.mask.any():
        return None
    numbers, strangers = read_products(set(labels.tolist()), product_labels(scope.site))
    if strangers or len(set(numbers.values())) < len(numbers):
        return None
    if month.min() < FIRST_YEAR * 12 or month.max() >= LAST_YEAR * 12 or month.max() > last_known_month(scope):
        return None
    kept = np.asarray(month <= last_month(scope))
    product = np.array([numbers[label] for label in labels.tolist()], dtype=np.int64)
    spans = _spans(product[kept], np.asarray(month, dtype=np.int64)[kept])
    if _lies_outside(scope.site, spans):
        return None
    account = _account(scope.site, scope.site.sources[source], part, answer, kept)
    refuse_changed(scope, [part])
    fields = {name: column[kept] for name, column in answer.items() if name not in ("label", "month", NEWEST)}
    return Found(fields | {"product": product[kept], "month": month.data[kept].astype(np.int64)}, account, spans)


def _spans(product: Integers, month: Integers) -> dict[int, tuple[int, int]]:
    found = {number: month[product == number] for number in sorted(set(product.tolist()))}
    return {number: (int(months.min()), int(months.max())) for number, months in found.items()}


def _lies_outside(site: Site, spans: Mapping[int, tuple[int, int]]) -> bool:
    """Has any product rows before its launch or after its end?"""
    lives = {number: site.products[id_] for id_, number in product_numbers(site).items()}
    return any(
        (begin is not None and first < begin.number) or (end is not None and last > end.number)
        for number, (first, last) in spans.items()
        for begin, end in [(lives[number].launched, lives[number].ended)]
    )


def _account(site: Site, source: Source, part: Part, answer: Answer, kept: npt.NDArray[np.bool_]) -> Account:
    newest = str(np.ma.asarray(answer[NEWEST]).max().astype("datetime64[D]"))
    periods, _ = read_periods([newest], source, site.report.fiscal_year_starts)
    counted = answer["counted"]
    later = int(counted[~kept].sum())
    left_out = Counter({(part.number, "later-period", ""): later} if later else {})
    return Account({part.number: int(counted.sum())}, {part.number: periods[newest]}, left_out, Counter(), {})
