"""How long 20,000 targets take from CSV: the whole declaration stage with them, without them, and the difference.

python benchmarks/targets.py
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from kpisite.declare.read import read_site
from kpisite.errors import Problems

PRODUCTS = tuple(f"p{n}" for n in range(1000))
INDICATORS = tuple(f"i{n}" for n in range(20))
HEADER = "product,indicator,from,weight,target,tolerance,owner\n"
CONFIG = """\
site: {title: T, languages: [en]}
report: {period: 2025-12}
targets: {file: "targets/*.csv"}
lines: {retail: {name: Retail}}
families: {f: {name: F, order: 1, perspective: customer}}
sources: {s: {file: data.csv, product: product}}
measures: {m: {source: s, kind: flow, unit: count}}
"""
INDICATOR = "  {id}: {{name: {id}, family: f, formula: m, unit: count, direction: {direction}, kind: flow}}\n"


def write(
    folder: Path,
    files: Mapping[str, str | bytes],
    products: Sequence[str] = PRODUCTS,
    indicators: Sequence[str] = INDICATORS,
    direction: str = "higher",
    keys: str = "",
) -> Path:
    """A site of these products and indicators with these files of targets; `keys` is YAML of each product."""
    config = CONFIG + "indicators:\n" + "".join(INDICATOR.format(id=i, direction=direction) for i in indicators)
    config += "products:\n" + "".join(f"  {id_}: {{name: {id_}, line: retail{keys}}}\n" for id_ in products)
    (folder / "site.yaml").write_text(config, encoding="utf-8")
    (folder / "targets").mkdir()
    for name, text in files.items():
        (folder / "targets" / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / "site.yaml"


def every_target() -> str:
    """A target of every product and indicator, as CSV."""
    rows = (
        f"{id_},{indicator},2025-01,5,{p + i}.5,2,Owner {p % 7}\n"
        for p, id_ in enumerate(PRODUCTS)
        for i, indicator in enumerate(INDICATORS)
    )
    return HEADER + "".join(rows)


def spent(config: Path) -> float:
    """Processor seconds of reading the declarations."""
    start = time.process_time()
    problems = Problems()
    read_site(config, problems)
    problems.stop_if_any()
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    count = len(PRODUCTS) * len(INDICATORS)
    with tempfile.TemporaryDirectory() as bare, tempfile.TemporaryDirectory() as full:
        without, whole = (
            spent(write(Path(folder), {"all.csv": text})) for folder, text in ((bare, HEADER), (full, every_target()))
        )
    print(f"declarations without targets {without:.2f} s, with {count:,} targets {whole:.2f} s")
    print(f"the targets alone {whole - without:.2f} CPU s")


if __name__ == "__main__":
    main()
