"""The two questions that engines are asked: atoms by product and month, and atoms of groups over whole periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlglot import exp, parse_one

from kpisite.load.engine import Answer, Engine
from kpisite.measure.aggregate import Aggregate
from kpisite.measure.atoms import Atom, lowered
from kpisite.measure.series import Floats


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, with the words in which it was asked for."""

    answer: Answer
    position: dict[Atom, int]
    sent: str

    def value(self, aggregate: Aggregate) -> Floats:
        """A measure by the rows of the answer; NaN where it has no value."""
        return aggregate.value([self._of(atom) for atom in aggregate.atoms])

    def _of(self, atom: Atom) -> Floats:
        found = plain(self.answer[f"m{self.position[atom]}"])
        return _settled(found) if atom.kind == "quantile" else found


def by_month(
    engine: Engine, view: str, aggregates: Sequence[Aggregate], *, days: bool = False, known: Answer | None = None
) -> Asked:
    """Measures by product and month, with the count of rows and, where wanted, of days behind each.

    `known` are those that were computed while the rows were read.
    """
    fields = [exp.column("product"), exp.column("month"), exp.alias_(exp.Count(this=exp.Star()), "counted")]
    if days:
        different = exp.Count(this=exp.Distinct(expressions=[exp.column("day")]))
        fields.append(exp.alias_(different, "days"))
    position, atoms = _atoms(engine, aggregates)
    rows = engine.rows(view) if known is None else exp.to_table(view, quoted=True)
    query = exp.select(*fields, *atoms).from_(rows).group_by("product", "month")
    answer = engine.fetch(query) if known is None else _of_known(known, position)
    return Asked(_numbered(answer, "product", "month", "counted"), position, engine.text(query))


def _of_known(known: Answer, position: Mapping[Atom, int]) -> Answer:
    fields = {name: known[name] for name in ("product", "month", "counted")}
    return fields | {f"m{at}": known[known_as(atom)] for atom, at in position.items()}


def by_group(
    engine: Engine,
    view: str,
    aggregates: Sequence[Aggregate],
    members: Sequence[tuple[int, int, int, int]],
    spans: Sequence[tuple[int, int]],
) -> Asked:
    """Measures over the rows of groups of products in periods.

    `members` are (subject, product, first and last month that count), `spans` are (period, month).
    """
    columns = dict.fromkeys(("subject", "member", "since", "ended"), "INTEGER")
    group = engine.put("members", columns, members)
    time = engine.put("spans", {"period": "INTEGER", "part": "INTEGER"}, spans)
    position, atoms = _atoms(engine, aggregates)
    query = (
        exp.select("subject", "period", *atoms)
        .from_(engine.rows(view))
        .join(group, on="member = product AND month >= since AND month <= ended")
        .join(time, on="part = month")
        .group_by("subject", "period")
    )
    return Asked(_numbered(engine.fetch(query), "subject", "period"), position, engine.text(query))


def _numbered(answer: Answer, *names: str) -> Answer:
    """The answer with whole numbers in these columns: what is a position must be one."""
    return {name: column.astype(np.int64) if name in names else column for name, column in answer.items()}


def _atoms(engine: Engine, aggregates: Sequence[Aggregate]) -> tuple[dict[Atom, int], list[exp.Expr]]:
    """Each atom once, whichever measures need it."""
    position: dict[Atom, int] = {}
    for aggregate in aggregates:
        for atom in aggregate.atoms:
            position.setdefault(atom, len(position))
    fields = [exp.alias_(exp.cast(lowered(atom, engine), "DOUBLE"), f"m{at}") for atom, at in position.items()]
    return position, fields


def known_as(atom: Atom) -> str:
    """The SQL by which the embedded engine is asked for an atom: as a float, for that is what figures are made of."""
    return exp.cast(parse_one(atom.sql, read="duckdb"), "DOUBLE").sql(dialect="duckdb")


def plain(column: npt.NDArray[Any]) -> Floats:
    """A column of an engine as floats, NaN where it has none."""
    return np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)


def _settled(values: Floats) -> Floats:
    """Quantiles are interpolated, by each engine in its own order: the digits behind the fifteenth are noise."""
    return np.array([float(f"{value:.15g}") for value in values.tolist()], dtype=np.float64)
