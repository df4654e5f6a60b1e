"""Measure kpisite: how long, how much memory, how many pages and bytes; as a table, or as JSON with --json.

python benchmarks/run.py S100 S1000
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from generate import size_of, write_facts, write_site

ROOT = Path(__file__).resolve().parents[1]
# What makes up the demo site; it is copied, so that a measurement leaves the repository as it is.
DEMO = ("site.yaml", "content", "data", "templates", "releases")
HELP_RUNS = 15
CHANGED_PRODUCT = 0
# Seconds and MB that must be kept; what is not named here is only reported.
MUST = {
    ("S1000", "cold"): (5.0, 700),
    ("S1000", "unchanged"): (1.0, None),
    ("S1000", "one product changed"): (2.0, None),
    ("S10000", "cold"): (None, 1500),
    ("demo", "cold"): (4.0, None),
    ("demo", "unchanged"): (1.0, None),
    ("kpisite --help", f"median of {HELP_RUNS}"): (0.15, None),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement; pages, bytes and written files are those of the built site."""

    workload: str
    build: str
    seconds: float
    cpu_seconds: float
    megabytes: float
    pages: int | None = None
    bytes: int | None = None
    written: int | None = None
    must_seconds: float | None = None
    must_megabytes: float | None = None


def kpisite() -> str:
    """The command of the environment that runs this script."""
    beside = Path(sys.executable).with_name("kpisite")
    found = str(beside) if beside.exists() else shutil.which("kpisite")
    if not found:
        sys.exit("benchmarks: no kpisite command here; install the package first: pip install -e .")
    return found


def run(*arguments: str) -> tuple[float, float, float]:
    """Run the command; wall seconds, processor seconds, and the most memory it held, in MB."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen([kpisite(), *arguments], stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.exit(f"benchmarks: kpisite {' '.join(arguments)} failed:\n{output.read().decode(errors='replace')}")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return seconds, usage.ru_utime + usage.ru_stime, kilobytes / 1024


def measured(workload: str, build: str, site: Path) -> Row:
    """Build the site once and measure it."""
    out = site / "public"
    before = stamps(out)
    seconds, cpu, megabytes = run("build", "-f", str(site / "site.yaml"), "-d", str(out))
    after = stamps(out)
    return Row(
        workload,
        build,
        round(seconds, 3),
        round(cpu, 3),
        round(megabytes, 1),
        pages=sum(path.endswith(".html") for path in after),
        bytes=sum(size for size, _ in after.values()),
        written=sum(before.get(path) != stamp for path, stamp in after.items()),
    )


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of the last writing of every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def workload(products: int, folder: Path) -> Iterator[Row]:
    """The three builds of S<products>."""
    name = f"S{products}"
    write_site(folder, products)
    yield measured(name, "cold", folder)
    yield measured(name, "unchanged", folder)
    write_facts(folder, products, changed=CHANGED_PRODUCT)
    yield measured(name, "one product changed", folder)


def demo(folder: Path) -> Iterator[Row]:
    """The demo site of this repository, copied."""
    for name in DEMO:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name)
        elif path.exists():
            shutil.copy2(path, folder / name)
    yield measured("demo", "cold", folder)
    yield measured("demo", "unchanged", folder)


def help_text() -> Row:
    """How long the command takes to say what it can do."""
    runs = [run("--help") for _ in range(HELP_RUNS)]
    return Row(
        "kpisite --help",
        f"median of {HELP_RUNS}",
        round(statistics.median(seconds for seconds, _, _ in runs), 3),
        round(statistics.median(cpu for _, cpu, _ in runs), 3),
        round(max(megabytes for _, _, megabytes in runs), 1),
    )


def rows(sizes: list[int], scratch: Path) -> Iterator[Row]:
    """All measurements, each as soon as it is made."""
    write_site(scratch / "warm-up", 2)
    measured("S2", "warm-up", scratch / "warm-up")  # the interpreter's own caches are no part of a cold build
    yield help_text()
    (scratch / "demo").mkdir()
    yield from demo(scratch / "demo")
    for size in sizes:
        folder = scratch / f"S{size}"
        yield from workload(size, folder)
        shutil.rmtree(folder)


def with_must(row: Row) -> Row:
    """The row with the figures that must be kept."""
    seconds, megabytes = MUST.get((row.workload, row.build), (None, None))
    return Row(**(asdict(row) | {"must_seconds": seconds, "must_megabytes": megabytes}))


HEADER = (
    f"{'workload':<15} {'build':<20} {'seconds':>8} {'must':>6} {'cpu':>8} {'MB':>7} {'must':>6}"
    f" {'pages':>7} {'bytes':>12} {'written':>8}"
)


def line(row: Row) -> str:
    """One line of the table."""
    return (
        f"{row.workload:<15} {row.build:<20} {row.seconds:>8.3f} {_or_blank(row.must_seconds):>6}"
        f" {row.cpu_seconds:>8.3f} {row.megabytes:>7.1f} {_or_blank(row.must_megabytes):>6} {_or_blank(row.pages):>7}"
        f" {_or_blank(row.bytes):>12} {_or_blank(row.written):>8}"
    )


def _or_blank(value: float | None) -> str:
    return "" if value is None else f"{value:,}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure kpisite on workloads S<N>, its demo site and its help text.")
    parser.add_argument("workloads", nargs="*", type=size_of, metavar="S<N>", help="default: S100 S1000")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="kpisite-bench-") as scratch:
        if not options.json:
            print(HEADER, flush=True)
        for row in map(with_must, rows(options.workloads or [100, 1000], Path(scratch))):
            found.append(row)
            if not options.json:
                print(line(row), flush=True)
    if options.json:
        print(json.dumps([asdict(row) for row in found], indent=2))


if __name__ == "__main__":
    main()
