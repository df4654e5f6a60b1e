"""What was read whole and right, and yet seems not to be what was meant: told as warnings."""

from collections.abc import Mapping

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load import engine_duckdb as engine
from kpisite.load.labels import product_numbers
from kpisite.load.scope import Scope, last_known_month
from kpisite.periods import Grain, Period

# Below this share of its products, the newest period of a source has not arrived whole.
WHOLE = 0.9


Spans = Mapping[int, tuple[int, int]]


def doubt_rows(scope: Scope, source: str, table: str) -> Spans:
    """Warn of rows in the future, before a launch and after an end; the answer is each product's span."""
    query = f"SELECT product, min(month), max(month) FROM {engine.name(table + '_joined')} GROUP BY product"
    spans: Spans = {row[0]: (row[1], row[2]) for row in scope.connection.execute(query).fetchall()}
    _doubt_future(scope, source, table)
    _doubt_life(scope, source, table, spans)
    return spans


def doubt_newest(scope: Scope, source: str, spans: Spans) -> None:
    """Warn of a newest period that lacks products."""
    newest = max((last for _, last in spans.values()), default=0)
    ended = {number for number, month in _ends(scope.site).items() if month < newest}
    lasts = [last for number, (_, last) in spans.items() if number not in ended]
    have = sum(last == newest for last in lasts)
    if have < WHOLE * len(lasts):
        what = f"the newest period of the source '{source}', {_label(newest)}, has {have} of its {len(lasts)} products"
        scope.problems.warn(scope.site.place("sources", source), what, "Has everything arrived?", "data-partial")


def doubt_products(site: Site, seen: frozenset[int], problems: Problems) -> None:
    """Warn of products that are to be judged, and about which no source has a single row."""
    for id_, number in product_numbers(site).items():
        product = site.products[id_]
        if (product.key or product.monitor) and number not in seen:
            what = f"no source has a row of the product '{id_}'"
            problems.warn(site.place("products", id_), what, "Its page will say that there are no data.", "data-none")


def _doubt_future(scope: Scope, source: str, table: str) -> None:
    """Months that begin after the day of the report; where no day is declared, after the last month that is shown."""
    last = last_known_month(scope)
    rows, periods = engine.name(table), engine.name(f"{table}_periods")
    query = (
        f"SELECT f.name, min(t.month), count(*) FROM {rows} r JOIN {periods} t ON r.period = t.label "
        f"JOIN {engine.name(table + '_files')} f ON r.file = f.number WHERE t.month > {last} GROUP BY ALL ORDER BY ALL"
    )
    if not scope.connection.execute(f"SELECT count(*) FROM {periods} WHERE month > {last}").fetchall()[0][0]:
        return
    for path, month, count in scope.connection.execute(query).fetchall():
        what = f"{count} row{'s' * (count > 1)} of {path} from {_label(month)} on lie in the future and do not count"
        scope.problems.warn(scope.site.place("sources", source), what, "Is the period right?", "data-future")


def _doubt_life(scope: Scope, source: str, table: str, spans: Spans) -> None:
    """Rows of products that had not been launched, or had ended."""
    for id_, number in product_numbers(scope.site).items():
        product, (first, last) = scope.site.products[id_], spans.get(number, (0, 0))
        if product.launched is not None and 0 < first < product.launched.number:
            which, what = f"month < {product.launched.number}", f"before its launch in {product.launched}"
            _outside(scope, source, (table, number, which), f"'{id_}'", what, ("products", id_, "launched"))
        if product.ended is not None and last > product.ended.number:
            which, what = f"month > {product.ended.number}", f"after its end in {product.ended}"
            _outside(scope, source, (table, number, which), f"'{id_}'", what, ("products", id_, "ended"))


def _outside(
    scope: Scope, source: str, rows: tuple[str, int, str], name: str, when: str, path: tuple[str, ...]
) -> None:
    table, number, which = rows
    query = f"SELECT count(*) FROM {engine.name(table + '_joined')} WHERE product = {number} AND {which}"
    count = scope.connection.execute(query).fetchall()[0][0]
    what = f"{count} row{'s' * (count > 1)} of {name} in the source '{source}' lie {when}"
    word, code = ("launch", "data-before-launch") if path[-1] == "launched" else ("end", "data-after-end")
    scope.problems.warn(scope.site.place(*path), what, f"They are not shown. Is the {word} right?", code)


def _ends(site: Site) -> dict[int, int]:
    """The last months of the products that have ended, by their numbers."""
    ends = {number: site.products[id_].ended for id_, number in product_numbers(site).items()}
    return {number: month.number for number, month in ends.items() if month is not None}


def _label(month: int) -> str:
    return Period(Grain.MONTH, month).label
