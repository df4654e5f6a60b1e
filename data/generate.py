"""Writes the demo bank's data: the monthly columns of each product, the ledger's totals, the figures of its peers.

Every figure is invented; generate.toml says what it should look like. The columns are worked out backwards, from the
value an indicator should have to the numerator and denominator that give it. The same parameters give the same bytes
on any machine: noise is hashed from names, sums are exact, and nothing but + - * / touches a number.
"""

import csv
import io
import pathlib
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cells import decimals
from channels import complaint_rows
from columns import Columns, columns_of
from paths import MONTHS, WRITTEN_FROM, Product, label, month_of, months_of, path_from, product_from

HERE = pathlib.Path(__file__).resolve().parent
DELIVERY_DAY = 8
ROW_KEY = ("product", "period", "as_of")
LEDGER_HEADER = ("period", "total")
PEER_HEADER = (
    "product",
    "indicator",
    "period",
    "competitor",
    "value",
    "source",
    "as_of",
    "definition_note",
    "comparable",
    "confidence",
)

COMPLAINT_HEADER = (*ROW_KEY, "channel", "complaints_due_15d", "complaints_closed_15d")

Row = tuple[str, str, Mapping[str, str]]  # period, delivery day, cells


def delivery_day(month: int) -> str:
    """The day on which a month's figures arrive, in the month after."""
    return f"{label(month + 1)}-{DELIVERY_DAY:02d}"


def cells_of(product: Product, columns: Columns, month: int) -> Mapping[str, str]:
    """One month's cells as text."""
    return {column: f"{columns[column][month]:.{decimals(column)}f}" for column in product.columns}


def rows_of(name: str, product: Product, parameters: Mapping[str, Any]) -> list[Row]:
    """The product's rows in the order in which they were delivered."""
    columns = columns_of(product)
    cells: dict[int, Mapping[str, str]] = {
        month: cells_of(product, columns, month) for month in range(WRITTEN_FROM, MONTHS)
    }
    for story in parameters["cells"]:
        if story["product"] == name:
            for month in months_of(story["months"]):
                cells[month] = {**cells[month], **story["values"]}
    rows = [(label(month), delivery_day(month), texts) for month, texts in cells.items()]
    restatement = parameters["restatement"]
    if restatement["product"] == name:
        rows = list(restated(rows, columns, restatement))
    return sorted(rows, key=lambda row: (row[1], row[0]))


def restated(rows: Sequence[Row], columns: Columns, restatement: Mapping[str, Any]) -> Iterator[Row]:
    """The rows, those of the restated months twice: as first delivered, and as delivered again."""
    again = {label(month) for month in months_of(restatement["months"])}
    for period, as_of, cells in rows:
        if period not in again:
            yield period, as_of, cells
            continue
        month = month_of(period)
        bad = columns["npl_balance"][month]
        less = bad - restatement["npl_ratio_was_lower_by"] / 100 * columns["loan_balance"][month]
        allowance = columns["loan_loss_allowance"][month] * less / bad
        yield period, as_of, {**cells, "npl_balance": f"{less:.2f}", "loan_loss_allowance": f"{allowance:.2f}"}
        yield period, restatement["as_of"], cells


def peer_rows(peers: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The figures of the peers, quarter by quarter."""
    quarters = months_of(peers["months"])[::3]
    for figure in peers["figures"]:
        place = (figure["product"], figure["indicator"])
        confidence = figure.get("confidence")
        for peer in ("peer-a", "peer-b", "peer-median"):
            path = path_from("/".join((*place, peer)), figure[peer])
            # A median over banks comes from the association, a bank's own figure from its report.
            sure = confidence or ("B" if peer == "peer-median" else "A")
            meaning = (figure.get("definition_note", ""), figure.get("comparable", "yes"), sure)
            for month in quarters:
                value = f"{path.at(month) + path.stray(month):.{figure['decimals']}f}"
                as_of = f"{label(month + peers['lag_months'])}-{peers['day']}"
                yield *place, label(month), peer, value, peers["sources"][sure], as_of, *meaning


def ledger_rows(parameters: Mapping[str, Any], column: str) -> Iterator[tuple[str, str]]:
    """What the general ledger says of a column: the sum over all products by month, in whole yuan."""
    totals: dict[str, Decimal] = {}
    for name, declared in parameters["products"].items():
        newest = {period: cells for period, _, cells in rows_of(name, product_from(name, declared), parameters)}
        for period, cells in newest.items():
            if cells.get(column):
                totals[period] = totals.get(period, Decimal(0)) + Decimal(cells[column])
    for period, total in sorted(totals.items()):
        yield period, str(total.quantize(Decimal(1), ROUND_HALF_UP))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def files(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every file's name and text."""
    complaints: list[Mapping[str, str]] = []
    for name, declared in parameters["products"].items():
        product = product_from(name, declared)
        rows = rows_of(name, product, parameters)
        texts = [(name, period, as_of, *cells.values()) for period, as_of, cells in rows]
        yield f"monthly/{name}.csv", csv_text((*ROW_KEY, *product.columns), texts)
        if name in parameters["complaints"]["products"]:
            header = (*ROW_KEY, *product.columns)
            complaints += [dict(zip(header, text, strict=True)) for text in texts]
    months = {label(month): month for month in range(WRITTEN_FROM, MONTHS)}
    channels = complaint_rows(complaints, months, parameters["complaints"]["channels"])
    yield "complaints.csv", csv_text(COMPLAINT_HEADER, channels)
    yield "ledger.csv", csv_text(LEDGER_HEADER, ledger_rows(parameters, "revenue"))
    yield "competitors.csv", csv_text(PEER_HEADER, peer_rows(parameters["peers"]))


def generate(folder: pathlib.Path) -> None:
    """Write all files below the folder."""
    parameters = tomllib.loads((HERE / "generate.toml").read_text(encoding="utf-8"))
    for name, text in files(parameters):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    generate(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
