"""Rows of one product and period in one delivery: the same ones count once; others are told, or the last one stands."""

from dataclasses import dataclass

from kpisite.load import engine_duckdb as engine
from kpisite.load.faults import Key
from kpisite.load.staging import Staged

KEY = "product, month, day, as_of, labels"


@dataclass(frozen=True, slots=True)
class Repeats:
    """The keys of several rows, and how many rows were taken away, by file."""

    different: frozenset[Key] = frozenset()
    identical: frozenset[Key] = frozenset()
    dropped: tuple[tuple[int, int], ...] = ()  # identical rows
    replaced: tuple[tuple[int, int], ...] = ()  # rows for which a later one stands


def needs_mending(connection: engine.Connection, staged: Staged, repeats: str) -> bool:
    """Has the staged view rows that must be changed or taken away?"""
    counts = "+".join(["0", *(f"count(b{number})" for number in range(len(staged.columns)))])
    if connection.execute(f"SELECT {counts} FROM {engine.name(staged.table)}").fetchall()[0][0]:
        return True
    return repeats != "allow" and _are_repeated(connection, staged)


def _are_repeated(connection: engine.Connection, staged: Staged) -> bool:
    joined = engine.name(f"{staged.table}_joined")
    query = f"SELECT 1 FROM {joined} GROUP BY {KEY} HAVING count(*) > 1 LIMIT 1"
    return bool(connection.execute(query).fetchall())


def settle_repeats(connection: engine.Connection, staged: Staged, *, last: bool) -> Repeats:
    """Find the repeated keys and keep one row of each that is not in doubt."""
    values = ", ".join(f"c{number}" for number in range(len(staged.columns))) or "0"
    joined = engine.name(f"{staged.table}_joined")
    query = f"SELECT {KEY}, count(DISTINCT row({values})) = 1 FROM {joined} GROUP BY {KEY} HAVING count(*) > 1"
    # Counting distinct values is dear, and hardly ever needed.
    if not _are_repeated(connection, staged):
        return Repeats()
    found = connection.execute(query).fetchall()
    same = frozenset((row[0], row[1], row[2], row[3], row[4]) for row in found if row[5])
    others = frozenset((row[0], row[1], row[2], row[3], row[4]) for row in found if not row[5])
    dropped = _keep_last(connection, staged, same)
    replaced = _keep_last(connection, staged, others) if last else ()
    return Repeats(frozenset() if last else others, same, dropped, replaced)


def _keep_last(connection: engine.Connection, staged: Staged, keys: frozenset[Key]) -> tuple[tuple[int, int], ...]:
    """Of the rows of each key, take away all but the last one in the order of files and lines."""
    if not keys:
        return ()
    table, joined = engine.name(staged.table), engine.name(f"{staged.table}_joined")
    names = dict.fromkeys(("product", "month", "day", "as_of"), "INTEGER") | {"labels": "VARCHAR"}
    engine.put_rows(connection, f"{staged.table}_repeated", names, sorted(keys))
    ranked = (
        f"SELECT file, line, row_number() OVER (PARTITION BY {KEY} ORDER BY file DESC, line DESC) AS n "
        f"FROM {joined} SEMI JOIN {engine.name(staged.table + '_repeated')} USING ({KEY})"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE dropped AS SELECT file, line FROM ({ranked}) WHERE n > 1")
    counts = connection.execute("SELECT file, count(*) FROM dropped GROUP BY file ORDER BY file").fetchall()
    connection.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT line FROM dropped)")
    return tuple((row[0], row[1]) for row in counts)
