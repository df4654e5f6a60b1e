"""Measure reading and aggregating: kpisite against DuckDB alone on the same rows, in one run; printed as a table.

python benchmarks/engine.py                  10 M rows of CSV, and a long CSV of 2.4 M rows
python benchmarks/engine.py --rows 1000000   a smaller one
python benchmarks/engine.py --parquet 100000000   Parquet, too

Both sides do the same work in a process of their own: read the rows, and sum, count and filter them by product and
month. The ratio is what counts; seconds depend on the machine.
"""

import argparse
import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

PRODUCTS = 1000
MONTHS = 36
INDICATORS = 67  # of the long file: 1000 x 36 x 67 is 2.4 million
MEMORY = "600MB"
ROWS = (
    "SELECT format('p{:04d}', (random() * %d)::INTEGER %% %d) AS product, "
    "DATE '2023-01-01' + (random() * 1094)::INTEGER AS day, (random() * 1000000)::DECIMAL(18,2) AS amount, "
    "(random() * 1000)::DECIMAL(18,2) AS cost, ['web', 'app', 'branch'][1 + (random() * 2)::INTEGER] AS channel, "
    "(random() * 10)::INTEGER AS score FROM range(%d)"
)
MEASURES = {
    "turnover": "sum(amount)",
    "margin": "sum(amount - cost)",
    "orders": "count(*)",
    "online": "sum(amount) filter (where channel = 'web')",
    "promoters": "count(*) filter (where score >= 9)",
    "largest": "max(amount)",
}
TYPES = {
    "product": "VARCHAR",
    "day": "DATE",
    "amount": "DECIMAL(18,2)",
    "cost": "DECIMAL(18,2)",
    "channel": "VARCHAR",
    "score": "INTEGER",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One process: wall seconds, processor seconds, and the most memory it held, in MB."""

    seconds: float
    cpu: float
    megabytes: float


def ours(file: Path, *, long: bool) -> None:
    """Read and measure as a build does."""
    from kpisite.declare.model import Site
    from kpisite.errors import Problems
    from kpisite.load.tables import open_tables
    from kpisite.measure.ahead import ahead_of
    from kpisite.measure.compute import measure

    names = [f"i{number:02d}" for number in range(INDICATORS)] if long else list(MEASURES)
    sql = {n: f"sum(value) filter (where indicator = '{n}')" for n in names} if long else MEASURES
    source = {"file": file.name, "product": "product", "repeats": "allow", "period": "period" if long else "day"}
    site = Site.model_validate(
        {
            "site": {"title": "Benchmark", "languages": ["en"]},
            "report": {"period": "2025-12", "history": MONTHS, "grains": ["month"]},
            "engine": {"memory_limit": MEMORY},
            "sources": {"rows": source | ({} if long else {"columns": {"score": "integer"}})},
            "lines": {"all": {"name": "All"}},
            "families": {"all": {"name": "All", "order": 1, "perspective": "financial"}},
            "products": {f"p{n:04d}": {"name": f"p{n}", "line": "all"} for n in range(PRODUCTS)},
            "measures": {n: {"source": "rows", "kind": "flow", "unit": "count", "sql": sql[n]} for n in names},
            "indicators": {},
        }
    )
    problems = Problems()
    with open_tables(site, file.parent, dt.date(2026, 1, 31), problems, ahead_of(site)) as tables:
        problems.stop_if_any()
        measure(site, tables, problems)


def theirs(file: Path, *, long: bool) -> None:
    """The same by DuckDB alone, with everything about the file told to it."""
    connection = duckdb.connect()
    connection.execute("SET threads=2")
    connection.execute(f"SET memory_limit='{MEMORY}'")
    connection.execute(f"SET temp_directory='{file.parent / 'duckdb-spill'}'")
    if long:
        types = {"product": "VARCHAR", "indicator": "VARCHAR", "period": "VARCHAR", "value": "DECIMAL(18,2)"}
        key, fields = "product, period, indicator", "sum(value)"
    else:
        types, fields = TYPES, ", ".join(MEASURES.values())
        key = "product, year(day) * 12 + month(day)"
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    read = f"read_csv('{file}', header=true, auto_detect=false, columns={{{columns}}})"
    if file.suffix == ".parquet":
        read = f"read_parquet('{file}')"
    connection.execute(f"SELECT {key}, {fields} FROM {read} GROUP BY ALL").fetchnumpy()


def measured(who: str, file: Path, *, long: bool) -> Run:
    """Run one side in a process of its own."""
    command = [sys.executable, __file__, "--side", who, "--file", str(file), *(["--long"] if long else [])]
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"benchmarks: {who} failed on {file.name}")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Run(seconds, usage.ru_utime + usage.ru_stime, kilobytes / 1024)


def write(file: Path, rows: int, *, long: bool) -> None:
    """Generate the rows."""
    kind = "FORMAT parquet" if file.suffix == ".parquet" else "HEADER true"
    query = ROWS % (PRODUCTS, PRODUCTS, rows)
    if long:
        query = (
            f"SELECT format('p{{:04d}}', p) AS product, format('i{{:02d}}', i) AS indicator, "
            f"format('{{:04d}}-{{:02d}}', 2023 + m // 12, m % 12 + 1) AS period, "
            "(random() * 1000000)::DECIMAL(18,2) AS value "
            f"FROM range({PRODUCTS}) a(p), range({INDICATORS}) b(i), range({MONTHS}) c(m)"
        )
    connection = duckdb.connect()
    connection.execute("SET threads=2; SET memory_limit='2GB'; SELECT setseed(0.5)")
    connection.execute(f"COPY ({query}) TO '{file}' ({kind})")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Compare kpisite with DuckDB alone on generated rows.")
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the CSV file (default: 10,000,000)")
    parser.add_argument("--parquet", type=int, default=0, help="rows of a Parquet file (default: none)")
    parser.add_argument("--side", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--long", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        (ours if options.side == "ours" else theirs)(options.file, long=options.long)
        return
    works = [("long.csv", PRODUCTS * INDICATORS * MONTHS, True, None), ("rows.csv", options.rows, False, 2.0)]
    works += [("rows.parquet", options.parquet, False, 1.5)] if options.parquet else []
    print(
        f"{'rows':>12} {'file':<13} {'GB':>5} {'kpisite s':>10} {'cpu':>7} {'MB':>6}"
        f" {'DuckDB s':>9} {'cpu':>7} {'MB':>6} {'ratio':>6} {'must':>5}"
    )
    with tempfile.TemporaryDirectory(prefix="kpisite-bench-") as scratch:
        for name, rows, long, must in works:
            file = Path(scratch) / name
            write(file, rows, long=long)
            a, b = measured("ours", file, long=long), measured("theirs", file, long=long)
            print(
                f"{rows:>12,} {name:<13} {file.stat().st_size / 1e9:>5.2f}"
                f" {a.seconds:>10.2f} {a.cpu:>7.2f} {a.megabytes:>6.0f}"
                f" {b.seconds:>9.2f} {b.cpu:>7.2f} {b.megabytes:>6.0f} {a.seconds / b.seconds:>6.2f} {must or '':>5}",
                flush=True,
            )
            file.unlink()


if __name__ == "__main__":
    main()
