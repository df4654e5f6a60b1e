"""How figures come about and are judged, with the site's own settings; and what was read."""

from collections.abc import Iterator

from kpisite.evaluate.achieve import LIKELY_FROM, UNLIKELY_BELOW
from kpisite.evaluate.limits import FEWEST, FIRM, LOCKED
from kpisite.evaluate.report import AMBER, GREEN, GREY, RED
from kpisite.evaluate.trend import POINTS, THRESHOLDS
from kpisite.measure.series import REASONS
from kpisite.render import marks
from kpisite.render.edition import Edition
from kpisite.render.pages import Methodology
from kpisite.render.parts import Fact, Section, Table
from kpisite.render.prose import prose
from kpisite.render.views.definition import code

# Enough of a hash to compare two files by eye.
HASH_DIGITS = 16


def methodology(e: Edition) -> Methodology:
    """The method, section by section."""
    path, words = "methodology/index.html", e.t["methodology"]
    settings = _settings(e)
    sections = tuple(
        Section(one["id"], one["title"], prose(one["text"].format(**settings))) for one in words["sections"]
    )
    return Methodology(
        **e.frame(path, title=words["title"], lead=words["lead"], section="methodology"),
        sections=sections,
        settings=tuple(Fact(e.t["of_settings"][key], settings[key]) for key in SETTINGS),
        statuses=_statuses(e),
        reasons=_reasons(e),
        sources=_sources(e),
    )


SETTINGS = ("cap", "slope", "green", "amber", "missing", "least_coverage", "default_tolerance", "veto_score")


def _settings(e: Edition) -> dict[str, str]:
    scoring, words = e.site.scoring, e.t["of_settings"]
    share = e.percent(scoring.default_tolerance)
    return {
        "cap": _plain(e, scoring.cap),
        "slope": _plain(e, scoring.slope),
        "floor": _plain(e, 100 / scoring.slope),
        "edge": _plain(e, 100 - scoring.slope),
        "green": _plain(e, scoring.composite.green),
        "amber": _plain(e, scoring.composite.amber),
        "missing": words["missing_words"][scoring.missing],
        "least_coverage": e.percent(scoring.least_coverage),
        "default_tolerance": words["default_tolerance_words"].format(share=share),
        "veto_score": _plain(e, scoring.veto_score),
        "fewest": str(FEWEST),
        "firm": str(FIRM),
        "locked": str(LOCKED),
        "points": str(POINTS),
        "threshold": str(THRESHOLDS[POINTS]),
        "likely": e.percent(LIKELY_FROM),
        "unlikely": e.percent(UNLIKELY_BELOW),
    }


def _plain(e: Edition, number: float) -> str:
    decimals = next((d for d in range(3) if round(number, d) == number), 2)
    return e.tongue.rounded(number, decimals)


def _statuses(e: Edition) -> Table:
    words = e.t["methodology"]
    names = {GREEN: "green", AMBER: "amber", RED: "red", GREY: "grey"}
    settings = _settings(e)
    rows = [
        (
            e.mark(status),
            words["status_of_figure"][name].format(**settings),
            words["status_of_composite"][name].format(**settings),
        )
        for status, name in names.items()
    ]
    heads = (e.head("status", "status"), e.head("condition"), e.head("composite"))
    return marks.table("statuses", words["statuses"], heads, rows)


def _reasons(e: Edition) -> Table:
    rows = [(e.t["reason"][name], e.t["reason_text"][name], code(name)) for name in REASONS if name]
    heads = (e.head("reason"), e.head("meaning"), e.head("code"))
    return marks.table("reasons", e.t["methodology"]["reasons"], heads, rows)


def _sources(e: Edition) -> Table | None:
    rows = list(_files(e))
    if not rows:
        return None
    heads = (e.head("files"), e.head("source"), e.head("rows", "num"), e.head("hash"))
    return marks.table("sources", e.t["methodology"]["sources"], heads, rows)


def _files(e: Edition) -> Iterator[tuple[str, ...]]:
    for fact in e.report.sources:
        source = e.site.sources.get(fact.source)
        name = (e.say(source.name) if source else "") or fact.source
        for file in fact.files:
            yield code(file.path), name, e.tongue.number(file.rows, 0), code(file.sha256[:HASH_DIGITS])
