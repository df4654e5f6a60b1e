"""A report in one language: its names, numbers, marks and addresses, made once and shared by its pages."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from markupsafe import Markup

from kpisite.declare.model import Site
from kpisite.evaluate.report import STATUSES, Report
from kpisite.languages import NO_UNIT, Column, Text, Tongue, UnitWords, tongue
from kpisite.periods import Grain
from kpisite.render import marks
from kpisite.render.board import Board
from kpisite.render.charts import ChartTexts
from kpisite.render.navigation import navigation, own_pages
from kpisite.render.parts import Count, Head, Language, Link, NavItem
from kpisite.render.prose import body

Made = TypeVar("Made")

# Shares as percentages, by their decimals.
PERCENT = tuple(Column(NO_UNIT, decimals, 0.01) for decimals in range(4))
# No score is rounded up to these.
SCORE_LIMITS = (60.0, 100.0)
BEST_FIRST = tuple(STATUSES.index(status) for status in ("green", "amber", "red", "grey"))


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything that the pages of one report in one language have in common.

    Names are by position on the axes of the report; `marks` are the status marks by code.
    """

    board: Board
    lang: str
    t: Mapping[str, Any]
    tongue: Tongue
    languages: tuple[Language, ...]  # of the site; href is the folder
    subjects: tuple[str, ...]
    indicators: tuple[str, ...]
    families: tuple[str, ...]
    marks: tuple[Markup, ...]
    chart_texts: ChartTexts
    nav: tuple[NavItem, ...]
    plain_columns: tuple[Column, ...]  # by indicator: without a factor
    month_labels: tuple[str, ...]
    kept: dict[tuple[object, ...], Any] = field(default_factory=dict)  # parts that several pages share

    @property
    def report(self) -> Report:
        """The report itself."""
        return self.board.report

    @property
    def site(self) -> Site:
        """What was declared."""
        return self.board.report.site

    def once(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """Make a part that several pages share only once."""
        if key not in self.kept:
            self.kept[key] = make()
        made: Made = self.kept[key]
        return made

    def fact(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """The same for what holds in every language: numbers and findings, not words."""
        kept = self.board.kept
        if key not in kept:
            kept[key] = make()
        made: Made = kept[key]
        return made

    def latest(self, kind: tuple[object, ...], subject: int, make: Callable[[], Made]) -> Made:
        """The same for parts that only the pages of one subject share: those of the next take their place."""
        held = self.kept.get(kind)
        if held is None or held[0] != subject:
            held = self.kept[kind] = (subject, make())
        made: Made = held[1]
        return made

    def body(self, key: str) -> Markup:
        """The Markdown that stands below a front matter, in this language or marked as a passage in another."""
        html = {language.href: language.code for language in self.languages}
        return body(self.site.bodies.get(key, {}), self.lang, self.site.site.languages[0], html)

    def say(self, text: Text) -> str:
        """An author's text in this language."""
        return text.in_(self.lang)

    def listed(self, words: Iterable[str]) -> str:
        """Words as a list within a sentence."""
        joined: str = self.t["say"]["list_join"].join(words)
        return joined

    def head(self, key: str, kind: str = "", unit: str = "") -> Head:
        """The heading of a column, with its unit."""
        text = self.t["head"][key]
        return Head(self.t["say"]["head_unit"].format(text=text, unit=unit) if unit else text, kind)

    def mark(self, status: int) -> Markup:
        """Glyph and word of a status."""
        return self.marks[status]

    def status_word(self, status: str, value: float) -> str:
        """The word for the status of a figure: one without a value is no data rather than not judged."""
        word: str = self.t["status"]["none" if value != value else status]
        return word

    def provisional(self, there: int, months: int) -> Markup:
        """The mark of a figure of a running period: of how many of its months it is made."""
        return marks.provisional(self.t["say"]["provisional"].format(n=there, m=months))

    def tile(self, status: int, number: str) -> Markup:
        """Glyph and number for a matrix."""
        return marks.tile(status, self.t["status"], number)

    def counts(self, numbers: Sequence[int]) -> tuple[Count, ...]:
        """Key indicators by status, the best first."""
        return tuple([Count(STATUSES[code], self.marks[code], str(int(numbers[code]))) for code in BEST_FIRST])

    def count_heads(self) -> tuple[Head, ...]:
        """The headings above those numbers: the glyphs, so that the columns can be narrow."""
        words = self.t["status"]
        return tuple(Head(marks.glyph_head(STATUSES[code], words[STATUSES[code]]), "num") for code in BEST_FIRST)

    # ------------------------------------------------------------------------------------------ numbers

    def column(self, s: int, i: int, grain: Grain = Grain.MONTH) -> Column:
        """How the values and targets of one figure are printed; amounts by their median at this grain."""
        plain = self.plain_columns[i]
        if plain.unit.style != "money":
            return plain
        declared, figures = self.site.indicators[self.report.indicators[i]], self.report.figures[grain]
        values = figures.value[s, i].tolist() + figures.target[s, i].tolist()
        return self.once(("column", s, i, grain), lambda: self.tongue.column(values, declared.unit, declared.decimals))

    def common_column(self, i: int, values: Iterable[float]) -> Column:
        """How the values of one indicator over several subjects are printed in one column."""
        declared = self.site.indicators[self.report.indicators[i]]
        return self.tongue.column(values, declared.unit, declared.decimals)

    def prose_column(self, i: int, values: Iterable[float]) -> Column:
        """How these values of an indicator are printed in a sentence."""
        plain = self.plain_columns[i]
        if plain.unit.style not in self.tongue.scales:
            return plain
        declared = self.site.indicators[self.report.indicators[i]]
        return self.tongue.column(values, declared.unit, declared.decimals, prose=True)

    def score(self, score: float, limits: tuple[float, ...] = SCORE_LIMITS) -> str:
        """A score with one decimal; rounding never lifts it over a limit that it missed."""
        return "" if math.isnan(score) else self.tongue.number(self._tenths(score, limits), 1)

    def _tenths(self, score: float, limits: tuple[float, ...]) -> int:
        steps = self.tongue.tenths(score)
        for limit in limits:
            if score < limit <= steps / 10:
                steps = math.ceil(limit * 10) - 1
        return steps

    def composite(self, score: float) -> str:
        """A composite with one decimal, kept below the limits that it missed."""
        return "" if math.isnan(score) else self.tongue.number(self.composite_tenths(score), 1)

    def composite_tenths(self, score: float) -> int:
        """A composite in tenths as it is printed; it must be a number."""
        limits = self.site.scoring.composite
        return self._tenths(score, (limits.amber, limits.green))

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share as a percentage; one that is not whole never prints as 100 %."""
        steps = PERCENT[decimals].steps(share)
        if share < 1 and steps >= 100 * 10**decimals:
            steps = 100 * 10**decimals - 1
        return f"{self.tongue.number(steps, decimals)}%"

    def attainment(self, attainment: float) -> str:
        """The attainment as people quote it, within 0 to 200 %."""
        if attainment < 0:
            return "<0%"
        return ">200%" if attainment > 2 else f"{self.tongue.rounded(attainment * 100, 1)}%"

    # ------------------------------------------------------------------------------------------ addresses

    def frame(
        self,
        path: str,
        *,
        title: str,
        lead: str,
        section: str,
        crumbs: tuple[Link, ...] = (),
    ) -> dict[str, Any]:
        """The fields of the Frame of one page."""
        root = root_of(path)
        report, info = self.report, self.site.site
        others = tuple(
            Language(other.code, other.name, f"{root}../{other.href}/{path}")
            for other in self.languages
            if other.href != self.lang
        )
        home = (Link(self.t["nav"]["summary"], f"{root}index.html"),) if path != "index.html" else ()
        return {
            "lang": self.lang,
            "html_lang": self.t["language"]["html"],
            "path": path,
            "root": root,
            "top": f"{root}../../",
            "assets": f"{root}../assets/",
            "data": f"{root}../data/",
            "home": f"{root}index.html",
            "history": f"{root}history/index.html",
            "version": report.version,
            "version_title": self.say(self.site.report.title) or report.title,
            "period_label": self.tongue.period(report.period),
            "as_of": self.tongue.date(report.as_of),
            "site_title": self.say(info.title),
            "organisation": self.say(info.organisation),
            "classification": self.say(info.classification),
            "title": title,
            "lead": lead,
            "other_languages": others,
            "nav": self.nav,
            "crumbs": home + crumbs,
            "section": section,
            "frozen": report.frozen,
            "notice": self.say(info.notice),
            "pages": self.once(("pages", root), lambda: tuple(self.to_own(id_, root) for id_ in own_pages(self.site))),
        }

    def to_subject(self, s: int, root: str) -> Link:
        """A product with its scorecard; lines and the bank have none."""
        subject = self.report.subjects[s]
        href = f"{root}products/{subject.id}/index.html" if subject.level == "product" else ""
        return Link(self.subjects[s], href)

    def to_indicator(self, i: int, root: str) -> Link:
        """An indicator with its page."""
        return Link(self.indicators[i], f"{root}indicators/{self.report.indicators[i]}/index.html")

    def to_figure(self, s: int, i: int, root: str) -> str:
        """The page of a figure, or that of its indicator where it has none."""
        id_ = self.report.indicators[i]
        if self.board.has_page(s, i):
            return f"{root}products/{self.report.subjects[s].id}/{id_}/index.html"
        return f"{root}indicators/{id_}/index.html"

    def to_family(self, f: int, root: str) -> Link:
        """A family with its page."""
        return Link(self.families[f], f"{root}families/{self.report.families[f]}/index.html")

    def to_plan(self, plan: str, root: str) -> Link:
        """A plan with its page."""
        return Link(self.say(self.site.plans[plan].title), f"{root}plans/{plan}/index.html")

    def to_own(self, id_: str, root: str) -> Link:
        """A page of the site's own."""
        return Link(self.say(self.site.texts[id_].title), f"{root}pages/{id_}/index.html")

    def indicator_links(self, ids: Iterable[str], root: str) -> tuple[Link, ...]:
        """Indicators by id with their pages."""
        return tuple(self.to_indicator(self.report.indicators.index(id_), root) for id_ in ids)


def root_of(path: str) -> str:
    """The relative way from a page to its language's folder."""
    return "../" * path.count("/")


def edition(board: Board, lang: str, texts: Mapping[str, Mapping[str, Any]]) -> Edition:
    """Prepare a report for one language; `texts` are the theme's, by language."""
    report, t = board.report, texts[lang]
    site = report.site
    words = tongue(lang, t, _units(site, lang, t))
    status = t["status"]
    codes = tuple(code for code in site.site.languages if code in texts)
    months, indicators = report.figures[Grain.MONTH].periods, [site.indicators[i] for i in report.indicators]
    return Edition(
        board=board,
        lang=lang,
        t=t,
        tongue=words,
        languages=tuple(Language(texts[c]["language"]["html"], texts[c]["language"]["name"], c) for c in codes),
        subjects=tuple(_subject(report, s, lang, t) for s in range(len(report.subjects))),
        indicators=tuple(one.name.in_(lang) for one in indicators),
        families=tuple(site.families[f].name.in_(lang) for f in report.families),
        marks=marks.status_marks(status),
        chart_texts=ChartTexts(
            **{key: t["chart"][key] for key in ("value", "target", "tolerance", "limit", "period", "no_data")},
            **{key: status[key] for key in ("green", "amber", "red", "grey")},
            **{key: t["head"][key] for key in ("status", "indicator", "product", "family", "score")},
        ),
        nav=navigation(site, t["nav"]),
        plain_columns=tuple([words.column((), one.unit, one.decimals) for one in indicators]),
        month_labels=tuple(words.period(period) for period in months),
    )


def _subject(report: Report, s: int, lang: str, t: Mapping[str, Any]) -> str:
    subject, site = report.subjects[s], report.site
    if subject.level == "product":
        return site.products[subject.id].name.in_(lang)
    if subject.level == "line":
        return site.lines[subject.id.removeprefix("line:")].name.in_(lang)
    return site.bank.name.in_(lang) or str(t["say"]["bank"])


def _units(site: Site, lang: str, t: Mapping[str, Any]) -> dict[str, UnitWords]:
    """The site's own units; where one of the theme's is only worded anew, its other words stay."""
    own = {}
    for id_, unit in site.units.items():
        name, prefix, suffix = unit.name.in_(lang), unit.prefix.in_(lang), unit.suffix.in_(lang)
        gap = t["units"]["pct"] if unit.style == "percent" else {"gap": "", "gap_head": ""}
        head = (prefix or suffix).strip() or ("" if unit.style == "count" else name)
        own[id_] = UnitWords(unit.style, name, prefix, suffix, "", gap["gap"], head, gap["gap_head"])
    return own
