"""What the fast cast rejected, read on the slow path: each distinct text once, however often it stands there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from kpisite.load import engine_duckdb as engine
from kpisite.load.staging import NUMBERS, Staged
from kpisite.load.values import CellError, Reading, read_cell


@dataclass(slots=True)
class Repaired:
    """What came of it: by column the texts that mean nothing and the texts in per cent; repairs by file and kind."""

    bad: dict[str, dict[str, CellError]] = field(default_factory=dict)
    mixed: dict[str, frozenset[str]] = field(default_factory=dict)  # where other rows are not in per cent
    fixes: Counter[tuple[int, str]] = field(default_factory=Counter)


def repair(connection: engine.Connection, staged: Staged, products: str, form: str) -> Repaired:
    """Read the rejected texts of all columns and put their values into the staged table.

    `form` says how doubtful dates are meant.
    Only rows of declared products count: what stands in a row that is left out anyway is nobody's mistake.
    """
    done = Repaired()
    table = engine.name(staged.table)
    counts = ", ".join(["0", *(f"count(b{number})" for number in range(len(staged.columns)))])
    rejected = connection.execute(f"SELECT {counts} FROM {table}").fetchall()[0]
    for number, (column, kind) in enumerate(staged.columns.items()):
        if rejected[number + 1]:
            declared = f"SEMI JOIN {engine.name(products)} p ON product = p.label"
            query = f"SELECT b{number}, file, count(*) FROM {table} {declared} WHERE b{number} IS NOT NULL GROUP BY ALL"
            found = connection.execute(query).fetchall()
            good: dict[str, Reading] = {}
            for text in sorted({row[0] for row in found}):
                try:
                    good[text] = read_cell(text, kind, staged.units.get(column, ""), form)
                except CellError as error:
                    done.bad.setdefault(column, {})[text] = error
            if kind in NUMBERS and not staged.units.get(column):
                _refuse_mixed(connection, staged, number, done, good)
            _put(connection, staged, number, good)
            for text, file, count in found:
                for fix in good[text].fixes if text in good else ():
                    done.fixes[file, fix] += count
    return done


def _refuse_mixed(
    connection: engine.Connection, staged: Staged, number: int, done: Repaired, good: Mapping[str, Reading]
) -> None:
    """Is 12.5 meant in per cent where other rows of the column say so of themselves? Only its author knows."""
    shares = frozenset(text for text, reading in good.items() if "percent" in reading.fixes)
    if not shares:
        return
    query = f"SELECT count(*) FROM {engine.name(staged.table)} WHERE c{number} <> 0"
    plain = connection.execute(query).fetchall()[0][0]
    if plain or len(shares) < len(good):
        done.mixed[list(staged.columns)[number]] = shares


def _put(connection: engine.Connection, staged: Staged, number: int, good: Mapping[str, Reading]) -> None:
    if not good:
        return
    fixes = f"{staged.table}_fixes{number}"
    rows = [(text, reading.value) for text, reading in good.items()]
    engine.put_rows(connection, fixes, {"label": "VARCHAR", "value": "VARCHAR"}, rows)
    kind = list(staged.columns.values())[number]
    connection.execute(
        f"UPDATE {engine.name(staged.table)} SET c{number} = CAST(m.value AS {engine.TYPES[kind]}) "
        f"FROM {engine.name(fixes)} m WHERE b{number} = m.label"
    )
