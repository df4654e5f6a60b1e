"""Write workload S<N>: a site of N products x 40 indicators x 36 months, declared in YAML, with raw rows as CSV.

The same N gives the same bytes on every machine.

    python benchmarks/generate.py S100 /tmp/s100
"""

import argparse
import random
import re
from collections.abc import Iterator
from pathlib import Path

FAMILIES = 5
INDICATORS = 40
MONTHS = 36
FIRST_YEAR = 2023
LINES = 5
# In each family of eight: flows, stocks, ratios to the family's first flow, and one growth on the year.
KINDS = ("flow", "flow", "flow", "stock", "stock", "ratio", "ratio", "yoy")
# Two key indicators in each family, the others are only watched: few key indicators, as on a real scorecard.
KEY_POSITIONS = (0, 5)
KEY_WEIGHT = 100 / (FAMILIES * len(KEY_POSITIONS))
PERSPECTIVES = ("financial", "customer", "internal", "learning")
DIRECTIONS = ("higher", "higher", "lower", "higher", "range", "higher", "lower", "higher")

SITE = """\
site: {title: "Workload S%d", organisation: Benchmark, languages: [en]}
report: {period: 2025-12, history: 36, grains: [month], as_of: 2026-01-31}
sources:
  facts:
    file: data/facts.csv
    product: product
    period: period
    columns: {indicator: text}
    repeats: allow
pages: {figures: none}
bank: {name: All products}
"""


def write_site(folder: Path, products: int) -> None:
    """Write the declarations and the rows of S<products> into a folder."""
    (folder / "content").mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    _write(folder / "site.yaml", [SITE % products, "lines:\n", *_lines()])
    _write(folder / "content" / "families.yaml", _families())
    _write(folder / "content" / "indicators.yaml", _indicators())
    _write(folder / "content" / "products.yaml", _products(products))
    write_facts(folder, products)


def write_facts(folder: Path, products: int, changed: int | None = None) -> None:
    """Write the rows; one changed product has all of its values a hundredth higher."""
    _write(folder / "data" / "facts.csv", _facts(products, changed))


def _write(path: Path, parts: Iterator[str] | list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(parts)


def _lines() -> Iterator[str]:
    for line in range(LINES):
        yield f"  line-{line + 1}: {{name: Line {line + 1}, order: {line + 1}}}\n"


def _families() -> Iterator[str]:
    yield "families:\n"
    for family in range(FAMILIES):
        perspective = PERSPECTIVES[family % len(PERSPECTIVES)]
        yield f"  family-{family + 1}: {{name: Family {family + 1}, order: {family + 1}, perspective: {perspective}}}\n"


def _position(indicator: int) -> tuple[int, int]:
    """The family of an indicator and its place in the family."""
    return divmod(indicator, INDICATORS // FAMILIES)


def _indicators() -> Iterator[str]:
    yield "measures:\n"
    for indicator in range(INDICATORS):
        kind = "stock" if KINDS[_position(indicator)[1]] == "stock" else "flow"
        sql = f"sum(value) filter (where indicator = 'm{indicator + 1:02d}')"
        yield f'  m{indicator + 1:02d}: {{source: facts, sql: "{sql}", kind: {kind}, unit: count}}\n'
    yield "indicators:\n"
    for indicator in range(INDICATORS):
        family, place = _position(indicator)
        yield (
            f"  i{indicator + 1:02d}: {{name: Indicator {indicator + 1}, family: family-{family + 1},"
            f' formula: "{_formula(indicator)}", unit: {_unit(place)}, decimals: 1,'
            f" direction: {DIRECTIONS[place]}, kind: {KINDS[place] if place < 5 else 'ratio'},"
            f" across: {'sum' if place < 5 else 'ratio'}, owner: Owner {family + 1}}}\n"
        )


def _formula(indicator: int) -> str:
    place = _position(indicator)[1]
    own = f"m{indicator + 1:02d}"
    if KINDS[place] == "ratio":
        return f"100 * {own} / m{indicator - place + 1:02d}"
    return f"100 * yoy({own})" if KINDS[place] == "yoy" else own


def _unit(place: int) -> str:
    return "count" if place < 5 else "pct"


def _level(product: int, indicator: int) -> float:
    """Where a product's measure starts: different for each, and the same in every run."""
    return 100 * (indicator + 1) * (1 + product * 7919 % 100 / 100)


def _products(products: int) -> Iterator[str]:
    yield "products:\n"
    monitor = ", ".join(f"i{i + 1:02d}" for i in range(INDICATORS) if _position(i)[1] not in KEY_POSITIONS)
    for product in range(products):
        yield f"  {_code(product)}:\n    name: Product {product + 1}\n    line: line-{product % LINES + 1}\n    key:\n"
        for indicator in range(INDICATORS):
            place = _position(indicator)[1]
            if place in KEY_POSITIONS:
                target = _target(product, indicator)
                yield (
                    f"      i{indicator + 1:02d}: {{weight: {KEY_WEIGHT:g}, target: {target:.1f},"
                    f" tolerance: {target / 10:.1f}}}\n"
                )
        yield f"    monitor: [{monitor}]\n"


def _target(product: int, indicator: int) -> float:
    """Near the last values, so that a site shows all statuses."""
    place = _position(indicator)[1]
    level = _level(product, indicator)
    usual = level if KINDS[place] == "flow" else 100 * level / _level(product, indicator - place)
    return usual * (1 + (product * 31 + indicator * 17) % 40 / 100)


def _code(product: int) -> str:
    return f"p{product + 1:05d}"


def _facts(products: int, changed: int | None) -> Iterator[str]:
    months = [f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}" for month in range(MONTHS)]
    yield "product,indicator,period,value\n"
    for product in range(products):
        noise = random.Random(product).random  # a seed for each: one product more leaves the others as they are
        factor = 1.01 if product == changed else 1.0
        code = _code(product)
        for indicator in range(INDICATORS):
            level = _level(product, indicator) * factor
            start = f"{code},m{indicator + 1:02d},"
            yield "".join(
                f"{start}{label},{level * (0.9 + 0.005 * month + 0.2 * noise()):.2f}\n"
                for month, label in enumerate(months)
            )


def size_of(workload: str) -> int:
    """The number of products of S<N>."""
    found = re.fullmatch(r"S([1-9]\d{0,5})", workload)
    if not found:
        raise argparse.ArgumentTypeError(f"'{workload}' is no workload; write S100 or S1000")
    return int(found[1])


def main() -> None:
    """Write one workload."""
    parser = argparse.ArgumentParser(description="Write workload S<N> into a folder.")
    parser.add_argument("workload", type=size_of, metavar="S<N>")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    write_site(options.folder, options.workload)


if __name__ == "__main__":
    main()
