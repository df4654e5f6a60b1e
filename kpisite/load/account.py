"""What was read from each file of a source, counted: rows, repairs, and rows that do not count."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpisite.load import engine_duckdb as engine
from kpisite.load.facts import FIXES, LEFT_OUT, FileFact, Fix, LeftOut
from kpisite.load.faults import BETWEEN, LINES
from kpisite.load.labels import PeriodLabel
from kpisite.load.staging import Part, Staged

# By file, reason and label.
Left = Counter[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Account:
    """What was counted while one source was read."""

    rows: Mapping[int, int]  # by file
    newest: Mapping[int, PeriodLabel]
    left_out: Left
    fixes: Counter[tuple[int, str]]
    lines: Mapping[tuple[int, str], Sequence[int]]  # first lines of rows that do not count, by file and label


def count_rows(
    connection: engine.Connection, staged: Staged, periods: Mapping[str, PeriodLabel], last: int
) -> tuple[dict[int, int], dict[int, PeriodLabel], Left]:
    """The rows of each file, the newest of its periods, and the rows of labels that do not count."""
    table, products = engine.name(staged.table), engine.name(f"{staged.table}_products")
    rows = dict(connection.execute(f"SELECT file, count(*) FROM {table} GROUP BY file").fetchall())
    newest: dict[int, PeriodLabel] = {}
    left: Left = Counter()
    query = (
        f"SELECT file, coalesce(period, ''), count(*) FROM {table} r SEMI JOIN {products} p ON r.product = p.label "
        "GROUP BY ALL ORDER BY ALL"
    )
    declared = 0
    for file, label, count in connection.execute(query).fetchall():
        declared += count
        read = periods.get(label)
        if read is None:
            left[file, "other-period", label] += count
            continue
        if file not in newest or (read.month, read.day) > (newest[file].month, newest[file].day):
            newest[file] = read
        if read.month > last:
            left[file, "later-period", ""] += count
    if declared < sum(rows.values()):
        query = (
            f"SELECT file, coalesce(product, ''), count(*) FROM {table} r ANTI JOIN {products} p "
            "ON r.product = p.label GROUP BY ALL ORDER BY ALL"
        )
        for file, label, count in connection.execute(query).fetchall():
            left[file, "unknown-product", label] += count
    return rows, newest, left


def count_replaced(connection: engine.Connection, staged: Staged) -> Left:
    """Rows for which a later delivery of the same product and period stands."""
    counts = [
        Counter(dict(connection.execute(f"SELECT file, count(*) FROM {engine.name(view)} GROUP BY file").fetchall()))
        for view in (f"{staged.table}_joined", f"{staged.table}_rows")
    ]
    return Counter({(file, "replaced", ""): count for file, count in (counts[0] - counts[1]).items()})


def named_left_out(left_out: Left, reasons: Mapping[str, str]) -> Left:
    """The same, with the reason that is known by a label."""
    named: Left = Counter()
    for (file, reason, label), count in left_out.items():
        known = reason if reason == "unknown-measure" else reasons.get(label, reason)
        named[file, known, label] += count
    return named


def file_facts(parts: Sequence[Part], account: Account) -> tuple[FileFact, ...]:
    """The account, file by file."""
    return tuple(_fact(part, account) for part in parts)


def _lines(account: Account, part: Part, reason: str, label: str) -> tuple[int, ...]:
    """The first lines of rows that do not count; labels of measures are kept apart from those of products."""
    known = f"{BETWEEN}{label}" if reason == "unknown-measure" else label
    return tuple(account.lines.get((part.number, known), ())[:LINES]) if known else ()


def _fact(part: Part, account: Account) -> FileFact:
    counts = {kind: account.fixes[part.number, kind] for kind in FIXES}
    counts["decoded"] += part.text.decoded
    counts["newlines"] += part.text.returns
    counts["delimiter"] += part.header.is_recut
    left = [
        LeftOut(reason, count, _lines(account, part, reason, label), label)
        for (file, reason, label), count in account.left_out.items()
        if file == part.number and count
    ]
    newest = account.newest.get(part.number)
    return FileFact(
        part.text.path,
        part.text.sha256,
        part.text.encoding,
        account.rows.get(part.number, 0),
        part.text.size,
        part.text.format,
        part.header.delimiter if part.text.format == "csv" else "",
        part.text.sheet,
        newest.name if newest else "",
        tuple(Fix(kind, count) for kind, count in counts.items() if count),
        tuple(sorted(left, key=lambda one: (LEFT_OUT.index(one.reason), one.label))),
    )
