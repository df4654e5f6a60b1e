"""What will be asked of a source by product and month, told before it is read: a large file is then read only once."""

from collections import Counter
from collections.abc import Mapping

from kpisite.declare.measure_sql import sql_of
from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load.scope import Ahead, TableColumn
from kpisite.measure.aggregate import Aggregate, compile_measure
from kpisite.measure.ask import known_as
from kpisite.measure.expression import FormulaError
from kpisite.measure.monthly import FEW
from kpisite.measure.understand import formulas
from kpisite.measure.versions import measures_of


def ahead_of(site: Site) -> Ahead:
    """The aggregates of each source's measures in SQL; None where rows are needed besides, or nothing is understood."""

    def ask(source: str, columns: Mapping[str, TableColumn], header: tuple[str, ...]) -> tuple[str, ...] | None:
        named = {name: one for name, one in site.measures.items() if one.source == source}
        try:
            found = {
                n: compile_measure(sql_of(n, one, site.sources[source]), columns, header) for n, one in named.items()
            }
        except FormulaError:
            # It is told when everything is understood.
            return None
        if any(one.kind == "stock" for one in named.values()) or _pivots(found) or _is_asked_again(site, found):
            return None
        # Floats are added up in the order of their size, which takes all rows of a group at once.
        if any(column.kind == "float" for column in columns.values()):
            return None
        return tuple(dict.fromkeys(known_as(atom) for one in found.values() for atom in one.atoms))

    return ask


def _pivots(found: Mapping[str, Aggregate]) -> bool:
    """Are many sums told apart by a label, which is cheaper to group by?"""
    shapes = Counter(one.pivot[:2] for one in found.values() if one.pivot is not None)
    return any(count >= FEW for count in shapes.values())


def _is_asked_again(site: Site, found: Mapping[str, Aggregate]) -> bool:
    """Does any indicator break these measures down, or use one that cannot be added up?"""
    defined = formulas(site, sorted(site.indicators), Problems())
    for id_, versions in defined.items():
        parts = [part for version in versions for part in (version.formula, version.condition) if part is not None]
        used = frozenset[str]().union(*(measures_of(part, site.params) for part in parts)) & found.keys()
        if used and (site.indicators[id_].breakdowns or not all(found[name].additive for name in used)):
            return True
    return False
