"""How long 20,000 targets take from CSV: the whole declaration stage with them, without them, and the difference.

python benchmarks/targets.py
"""

import tempfile
import time
from pathlib import Path

from kpisite.declare.read import read_site
from kpisite.errors import Problems

PRODUCTS, INDICATORS = 1000, 20
HEADER = "product,indicator,from,weight,target,tolerance,owner"
CONFIG = """\
site: {title: T, languages: [en]}
report: {period: 2025-12}
targets: {file: "targets/*.csv"}
lines: {retail: {name: Retail}}
families: {f: {name: F, order: 1, perspective: customer}}
sources: {s: {file: data.csv, product: product}}
measures: {m: {source: s, kind: flow, unit: count}}
"""
INDICATOR = "  i{n}: {{name: I{n}, family: f, formula: m, unit: count, direction: higher, kind: flow}}\n"


def write(folder: Path, rows: list[str]) -> Path:
    """A site of a thousand products with these targets."""
    indicators = "".join(INDICATOR.format(n=n) for n in range(INDICATORS))
    products = "".join(f"  p{n}: {{name: P{n}, line: retail}}\n" for n in range(PRODUCTS))
    config = folder / "site.yaml"
    config.write_text(f"{CONFIG}indicators:\n{indicators}products:\n{products}", encoding="utf-8")
    (folder / "targets").mkdir()
    (folder / "targets" / "all.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return config


def spent(config: Path) -> float:
    """Processor seconds of reading the declarations."""
    start = time.process_time()
    problems = Problems()
    read_site(config, problems)
    problems.stop_if_any()
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    rows = [f"p{p},i{i},2025-01,5,{p + i}.5,2,Owner {p % 7}" for p in range(PRODUCTS) for i in range(INDICATORS)]
    with tempfile.TemporaryDirectory() as bare, tempfile.TemporaryDirectory() as full:
        without, whole = spent(write(Path(bare), [])), spent(write(Path(full), rows))
    print(f"declarations without targets {without:.2f} s, with {len(rows):,} targets {whole:.2f} s")
    print(f"the targets alone {whole - without:.2f} CPU s")


if __name__ == "__main__":
    main()
