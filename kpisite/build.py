"""The pipeline: declare, load, measure, evaluate, release, render, publish."""

import datetime as dt
import gc
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from kpisite.assay import doubt_reviews, doubt_signatures, notes
from kpisite.declare.check_settings import doubt_units
from kpisite.declare.model import Review, Site
from kpisite.declare.read import read_site
from kpisite.declare.version_name import DRAFT, version_fault
from kpisite.errors import AuthorError, Place, Problem, Problems
from kpisite.evaluate.evaluate import evaluate
from kpisite.evaluate.lint import lint, problems_of
from kpisite.evaluate.report import Report
from kpisite.languages import Text
from kpisite.load.peers import Peers, read_peers
from kpisite.load.tables import Tables, open_tables
from kpisite.measure.ahead import ahead_of
from kpisite.measure.compute import measure
from kpisite.measure.series import Series
from kpisite.periods import Grain, Period, PeriodError, parse
from kpisite.publish.exports import exports
from kpisite.publish.folder import Published, publish
from kpisite.publish.links import check_links
from kpisite.release.restated_warnings import warned_of_restated
from kpisite.release.snapshot import content_hash, freeze
from kpisite.release.store import content_of, read_releases, write_release
from kpisite.release.vintages import doubt_restatements, explained, restatements
from kpisite.render.sheets import Origins, Sheet
from kpisite.render.sitemap import around
from kpisite.render.sitemap import parts as page_parts
from kpisite.render.theme import Theme, load_theme
from kpisite.shares import done_side_by_side, processes_here
from kpisite.unchanged import memory_file, program_and_look, remember

RELEASES = "releases"
PLACEHOLDER = re.compile(r"\{\w+\}")
Log = Callable[[str], None]


# Declarations, figures and pages hold no cycles worth looking for, and half a million of them are made.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let the interpreter look for cycles of garbage seldom: it saves a tenth of a build."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made, and the doubts it reports."""

    published: Published
    versions: int
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: doubts, and how sound the data are."""

    warnings: tuple[Problem, ...]
    quality: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a release made."""

    folder: Path
    figures: int
    content_hash: str


def _silent(stage: str) -> None:
    """The log of a build nobody watches."""


@_seldom_collected()
def build(config: Path, folder: Path, *, strict: bool = False, options: str = "", log: Log = _silent) -> Built:
    """Build the site that this configuration declares into this folder; raise AuthorError if it cannot be right."""
    _refuse_foreign(config, folder)
    problems = Problems()
    site = read_site(config, problems)
    problems.stop_if_any()
    theme = load_theme(config.parent)
    doubt_units(site, _units(theme), problems)
    log("declare")
    with theme.preparation:
        # The engine works beside the interpreter, so releases are read while it is asked. The thread has ended before
        # processes are copied.
        with ThreadPoolExecutor(1) as beside:
            frozen = beside.submit(read_releases, config.parent / RELEASES)
            report = judged(site, config, problems, strict=strict, log=log)
            reports = versions_of(config, report, frozen.result(), site.reviews)
        _doubt(reports, report, problems, strict=strict)
        log("releases")
        parts = site_parts(reports, theme, program_and_look(config.parent))
        published = publish(around(reports, theme), folder, parts, memory_file(config.parent, folder))
        log("pages")
    # Whether data on a connection have changed can only be found out by asking: such a site is always built.
    if not any(source.connection for source in site.sources.values()):
        remember(config.parent, config, folder, _patterns(report.site), options)
    log("memory")
    return Built(published, len(reports), problems.warnings)


def report_of(config: Path, problems: Problems, *, strict: bool = False, log: Log = _silent) -> Report:
    """Everything up to the judged report of the working state."""
    return judged(read_site(config, problems), config, problems, strict=strict, log=log)


def judged(site: Site, config: Path, problems: Problems, *, strict: bool = False, log: Log = _silent) -> Report:
    """Join the declarations with their data and judge every figure."""
    with _loaded(site, config, problems) as (tables, peers):
        log("load")
        series = measure(site, tables, problems)
    problems.stop_if_any()
    if strict and problems.warnings:
        raise AuthorError(problems.found)
    log("measure")
    report = _evaluated(site, series, peers)
    log("evaluate")
    return report


@contextmanager
def judged_with_rows(site: Site, config: Path, problems: Problems) -> Iterator[tuple[Report, Tables]]:
    """The judged working report beside its rows, which know where in their files they stand."""
    with _loaded(site, config, problems, numbered=True) as (tables, peers):
        series = measure(site, tables, problems)
        problems.stop_if_any()
        yield _evaluated(site, series, peers), tables


@contextmanager
def rows_of_release(report: Report, config: Path, problems: Problems) -> Iterator[Tables]:
    """Today's data as a frozen report would read them."""
    with _loaded(report.site, config, problems, numbered=True) as (tables, _):
        yield tables


@contextmanager
def _loaded(site: Site, config: Path, problems: Problems, *, numbered: bool = False) -> Iterator[tuple[Tables, Peers]]:
    problems.stop_if_any()
    cut_off = site.report.as_of or dt.date.max
    tables = open_tables(site, config.parent, cut_off, problems, ahead_of(site), numbered=numbered)
    peers = read_peers(site, config.parent, problems)
    problems.stop_if_any()
    with tables:
        yield tables, peers


def _evaluated(site: Site, series: Series, peers: Peers) -> Report:
    version = site.report.version or site.report.period.label
    title = site.report.title.in_(site.site.languages[0]) or version
    day = site.report.as_of or site.report.period.last_day
    return evaluate(site, series, peers, version=version, title=title, as_of=day)


def versions_of(
    config: Path, report: Report, frozen: tuple[Report, ...] | None = None, reviews: tuple[Review, ...] = ()
) -> tuple[Report, ...]:
    """Every frozen release and the working report, oldest first; `reviews` are all that are declared, of any day.

    A working report that equals its frozen release is that release; one that differs is shown beside it as a draft.
    """
    kept = read_releases(config.parent / RELEASES) if frozen is None else frozen
    report = warned_of_restated(report, kept)
    releases = [replace(one, site=one.site.model_copy(update=_said_about(one, report, reviews))) for one in kept]
    same = next((frozen for frozen in releases if frozen.version == report.version), None)
    if same is None:
        working: tuple[Report, ...] = (report,)
    elif content_of(config.parent / RELEASES, same.version) == content_hash(report):
        working = ()
    else:
        working = (replace(report, version=f"{report.version}{DRAFT}"),)
    return tuple(sorted((*releases, *working), key=lambda one: (one.period, one.frozen, one.version)))


def _said_about(release: Report, report: Report, reviews: tuple[Review, ...]) -> dict[str, object]:
    """What is said about a release and not by it, also when it was written later: reasons, and who signed."""
    return {
        "restatements": report.site.restatements,
        "reviews": tuple(dict.fromkeys((*release.site.reviews, *reviews))),
    }


def _doubt(reports: Sequence[Report], report: Report, problems: Problems, *, strict: bool = False) -> None:
    """Nothing that was published changes in silence, or stays unsigned."""
    doubt_restatements(explained(restatements(reports), report.site), report.site, problems)
    doubt_reviews(report, reports, problems)
    doubt_signatures(report, reports, problems)
    if strict and problems.warnings:
        raise AuthorError(problems.found)


def site_parts(reports: Sequence[Report], theme: Theme, base: str = "") -> tuple[Sequence[Sheet], ...]:
    """The site without what surrounds it, in parts: the data of each version, which take longest, and the pages."""
    origins = [Origins(report, base) for report in reports]
    data = [
        (Sheet(origin.of_report("data"), partial(_data, report)),)
        for report, origin in zip(reports, origins, strict=True)
    ]
    return (*data, *page_parts(reports, theme, origins))


def _data(report: Report) -> Iterator[tuple[str, bytes]]:
    """The data behind the pages of one version."""
    for name, data in exports(report).items():
        yield f"{report.version}/data/{name}", data


def site_files(reports: Sequence[Report], theme: Theme) -> dict[str, bytes]:
    """Every file of the site by its path."""

    def made(part: Sequence[Sheet]) -> list[tuple[str, bytes]]:
        return [file for sheet in part for file in sheet.make()]

    files: dict[str, bytes] = {}
    for some in done_side_by_side([partial(made, part) for part in site_parts(reports, theme)], processes_here()):
        files.update(some)
    return files | dict(around(reports, theme))


def release(
    config: Path, version: str, *, period: str | None, through: str | None, as_of: dt.date | None, title: str | None
) -> Frozen:
    """Freeze the report into releases/<version>; raise AuthorError if it exists with other content."""
    problems = Problems()
    fault = version_fault(version)
    if fault is not None:
        raise AuthorError([Problem(Place("VERSION"), *fault, "version-name")])
    site = read_site(config, problems)
    settings = site.report
    if period is not None or _month(version) is not None:
        settings = settings.model_copy(update={"period": _month(period or version, problems), "through": None})
    if through is not None:
        settings = settings.model_copy(update={"through": _month(through, problems)})
    problems.stop_if_any()
    update = {"version": version, "title": Text.of(title) if title else settings.title}
    settings = settings.model_copy(update=update | ({"as_of": as_of} if as_of else {}))
    report = judged(site.model_copy(update={"report": settings}), config, problems)
    releases = read_releases(config.parent / RELEASES)
    report = warned_of_restated(report, releases)
    earlier = [one.version for one in releases if one.period < report.period]
    files = freeze(report, previous=earlier[-1] if earlier else "")
    folder = write_release(config.parent / RELEASES, version, files)
    figures = sum(text.count("\n") - 1 for path, text in files.items() if path.startswith("values/"))
    return Frozen(folder, figures, content_hash(report))


@_seldom_collected()
def check(config: Path, *, pages: bool, strict: bool) -> Checked:
    """Everything a build does except writing, and every link followed; what was found, or AuthorError."""
    problems = Problems()
    site = read_site(config, problems)
    problems.stop_if_any()
    theme = load_theme(config.parent)
    doubt_units(site, _units(theme), problems)
    report = judged(site, config, problems, strict=strict)
    reports = versions_of(config, report, reviews=site.reviews)
    problems.found += problems_of(lint(report, [one for one in reports if one.frozen]))
    _doubt(reports, report, problems)
    if pages:
        problems.found += check_links(site_files(reports, theme))
    problems.stop_if_any()
    if strict and problems.warnings:
        raise AuthorError(problems.found)
    return Checked(problems.warnings, notes(report))


def _units(theme: Theme) -> frozenset[str]:
    """Every unit that the theme has words for in some language."""
    return frozenset(unit for words in theme.texts.values() for unit in words["units"])


def _month(text: str, problems: Problems | None = None) -> Period | None:
    try:
        period = parse(text)
    except PeriodError as error:
        if problems is not None:
            problems.error(Place("--period"), str(error), error.hint)
        return None
    return Period(Grain.MONTH, period.last_month) if period.grain not in (Grain.DAY, Grain.WEEK) else None


def _patterns(site: Site) -> Iterator[str]:
    """The globs of the data files; placeholders match anything."""
    for source in site.sources.values():
        if source.file:
            yield PLACEHOLDER.sub("*", source.file)
    yield from (one.file for one in (site.targets, site.competitors) if one is not None)
    yield from (control.file for control in site.controls.values() if control.file)


def _refuse_foreign(config: Path, folder: Path) -> None:
    """A build replaces its folder whole, so it must not be given somebody else's."""
    if config.parent.is_relative_to(folder):
        what = f"the site cannot be built into {folder.name}: its own sources are there"
    elif folder.is_dir() and any(folder.iterdir()) and not (folder / "versions.json").is_file():
        what = f"the folder {folder.name} holds other files and would be replaced"
    elif folder.exists() and not folder.is_dir():
        what = f"{folder.name} is a file"
    else:
        return
    raise AuthorError([Problem(Place(str(folder)), what, "Name another folder with --site-dir.", "foreign-folder")])
