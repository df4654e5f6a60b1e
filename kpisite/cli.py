"""The command line: words only; every deed is done elsewhere and imported when it is needed."""

import datetime as dt
import gc
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import click

from kpisite.errors import AuthorError, Problem

# Everything else is imported inside the command that needs it: `kpisite --help` must not pay for DuckDB or numpy.

CONFIG = "site.yaml"
PUBLIC = "public"
DAY = click.DateTime(["%Y-%m-%d"])
LISTS = ("indicators", "products", "plans", "practices", "measures", "sources", "releases", "warnings")
FORMATS = click.Choice(["text", "json", "github"])


def _find(config: str | None) -> Path:
    """The site's configuration: as given, or the nearest site.yaml upwards from here."""
    if config is not None:
        path = Path(config)
        if path.is_dir():
            path = path / CONFIG
        if not path.is_file():
            raise click.UsageError(f"there is no file {config}")
        return path.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CONFIG).is_file():
            return folder / CONFIG
    raise click.UsageError(f"no {CONFIG} here or above; name one with --config-file")


_config = click.option(
    "-f", "--config-file", "config", metavar="FILE", help="The site's site.yaml; searched upwards by default."
)
_strict = click.option("--strict", is_flag=True, help="Warnings count as errors.")
_format = click.option(
    "--format", "form", type=FORMATS, default="text", show_default=True, help="How findings are listed."
)
_quiet = click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems.")
_verbose = click.option("-v", "--verbose", is_flag=True, help="Say what each stage took.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kpisite")
def main() -> None:
    """Build versioned static sites of scorecards and improvement plans."""


@main.command()
@_config
@click.option(
    "-d", "--site-dir", "folder", metavar="FOLDER", help="Where the site goes; default: public beside site.yaml."
)
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
@_strict
@_quiet
@_verbose
def build(config: str | None, folder: str | None, force: bool, strict: bool, quiet: bool, verbose: bool) -> None:
    """Build the working report and every frozen release."""
    file = _find(config)
    out = Path(folder).resolve() if folder else file.parent / PUBLIC
    from kpisite.unchanged import is_unchanged

    if not force and is_unchanged(file.parent, file, out, _options(strict=strict)):
        _say(quiet, f"Nothing has changed. {_open(out)}")
        return
    # What is imported is no garbage, and what is left in the end goes with the process: neither is searched for cycles.
    gc.disable()
    from kpisite.build import build as run

    gc.enable()
    with _problems_shown("text"):
        built = run(file, out, strict=strict, options=_options(strict=strict), log=StageLog(verbose))
    _list(built.warnings, "text")
    done = built.published
    files = f"{done.written} files written, {done.kept} kept, {done.removed} removed"
    _say(quiet, f"{done.pages} pages in {built.versions} versions: {files}.")
    _say(quiet, _open(out))
    gc.freeze()


@main.command()
@_config
@_strict
@_format
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--pages/--no-pages", default=True, help="Also render every page and follow every link.")
def check(config: str | None, strict: bool, form: str, as_json: bool, pages: bool) -> None:
    """Check declarations, data, formulas and links without writing anything."""
    file = _find(config)
    form = "json" if as_json else form
    from kpisite.build import check as run

    with _problems_shown(form):
        found = run(file, pages=pages, strict=strict)
    _list((*found.warnings, *(found.quality if form == "json" else ())), form)
    if form == "text":
        for note in found.quality:
            click.echo(f"{note.what}.")
        click.echo("No errors." if found.warnings else "No problems.")


@main.command()
@_config
@click.argument("version")
@click.option(
    "--period", metavar="MONTH", help="The month reported; default: site.yaml's, or the version if it is a month."
)
@click.option(
    "--through", metavar="MONTH", help="Also show figures that had arrived for months after the reported one."
)
@click.option("--as-of", "as_of", type=DAY, help="Leave out data and plan facts dated later.")
@click.option("--title", help="What the release is called; default: its version.")
@_quiet
def release(
    config: str | None,
    version: str,
    period: str | None,
    through: str | None,
    as_of: dt.datetime | None,
    title: str | None,
    quiet: bool,
) -> None:
    """Freeze the report into releases/VERSION; a released version never changes."""
    file = _find(config)
    from kpisite.build import release as run

    with _problems_shown("text"):
        made = run(file, version, period=period, through=through, as_of=as_of.date() if as_of else None, title=title)
    _say(quiet, f"Frozen into {_shown(made.folder)}: {made.figures} figures, content hash {made.content_hash[:16]}.")


@main.command()
@_config
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Everything that differs, as JSON.")
def diff(config: str | None, first: str, second: str, as_json: bool) -> None:
    """Compare version A with the later version B: what differs, and what it differs by."""
    file = _find(config)
    from kpisite.difference import UnknownVersionError, difference
    from kpisite.release.told import as_lines, as_plain

    with _problems_shown("json" if as_json else "text"):
        try:
            changes = difference(file, first, second)
        except UnknownVersionError as error:
            raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(json.dumps(as_plain(changes), ensure_ascii=False, indent=1))
        return
    for line in as_lines(changes):
        click.echo(line)


@main.command()
@_config
@click.argument("figure", metavar="PRODUCT/INDICATOR[@PERIOD]")
@click.option("--version", "version", metavar="VERSION", help="Explain a frozen release; default: the working report.")
@click.option("--rows", "most", type=click.IntRange(min=0), metavar="N", help="List N rows behind each measure.")
@click.option("--lang", "language", metavar="LANG", help="The language of the text; default: the site's first.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def explain(
    config: str | None,
    figure: str,
    version: str | None,
    most: int | None,
    language: str | None,
    form: str,
    as_json: bool,
) -> None:
    """Tell where a figure comes from and how it was judged; PRODUCT may also be line:<id> or bank."""
    file = _find(config)
    form = "json" if as_json else form
    from kpisite import explaining
    from kpisite.evaluate.address import AddressError

    try:
        with _problems_shown(form):
            report, found = explaining.explained(file, figure, version, most)
            text = explaining.as_json(found) if form == "json" else explaining.as_text(report, found, file, language)
    except AddressError as error:
        raise click.UsageError(f"{error}. {error.hint}".strip()) from error
    click.echo(text, nl=False)


@main.command("list")
@_config
@click.argument("what", type=click.Choice(LISTS))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def list_(config: str | None, what: str, form: str, as_json: bool) -> None:
    """List what is declared, or the open warnings: one line each, or JSON."""
    file = _find(config)
    from kpisite.listing import listing

    with _problems_shown("json" if as_json else form):
        rows = listing(file, what)
    if as_json or form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("  ".join(str(value) for value in row.values() if value != ""))


def _options(*, strict: bool) -> str:
    """What besides the inputs decides about a build's outcome."""
    return f"strict={strict}"


@contextmanager
def _problems_shown(form: str) -> Iterator[None]:
    """Show what authors have to mend, and end with 1."""
    try:
        yield
    except AuthorError as error:
        _list(error.problems, form)
        count = sum(problem.level == "error" for problem in error.problems)
        if form == "text":
            click.echo(f"{count} problem{'s' * (count != 1)}; nothing was changed.", err=True)
        raise SystemExit(1) from error


def _list(problems: Sequence[Problem], form: str) -> None:
    """Print problems for people, for programs, or as annotations of a CI run."""
    if form == "json":
        from kpisite.evaluate.lint_rules import BY_ID

        rows = [
            {
                "file": p.place.file,
                "line": p.place.line,
                "col": p.place.col,
                "level": p.level,
                "code": p.code,
                "what": p.what,
                "hint": p.hint,
                "why": BY_ID[p.code].why if p.code in BY_ID else "",
                "how": BY_ID[p.code].how if p.code in BY_ID else p.hint,
            }
            for p in problems
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for problem in problems:
        click.echo(_annotation(problem) if form == "github" else str(problem), err=form == "text")
        if form == "text" and problem.excerpt and sys.stderr.isatty():
            click.echo(problem.excerpt, err=True)


def _annotation(problem: Problem) -> str:
    place = problem.place
    parts = (("file", place.file), ("line", place.line), ("col", place.col))
    where = ",".join(f"{key}={value}" for key, value in parts if value)
    text = f"{problem.what}. {problem.hint}".strip().replace("%", "%25").replace("\n", "%0A")
    level = "notice" if problem.level == "info" else problem.level
    return f"::{level} {where}::{text}"


def _say(quiet: bool, line: str) -> None:
    if not quiet:
        click.echo(line)


def _open(out: Path) -> str:
    return f"Open {_shown(out / 'index.html')}"


def _shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


class StageLog:
    """Says how long each stage took when asked to."""

    def __init__(self, verbose: bool) -> None:
        """Start the watch."""
        self.verbose = verbose
        self.last = perf_counter()

    def __call__(self, stage: str) -> None:
        """Note that a stage has ended."""
        now = perf_counter()
        if self.verbose:
            click.echo(f"{stage:<10} {now - self.last:6.2f} s", err=True)
        self.last = now
