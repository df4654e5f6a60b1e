"""The pages of the site, one frozen dataclass for each kind: all that its template may print.

A template gets one object, `page`, of the class that names it, and the globals `t` (the theme's texts in the page's
language) and `lang`. Every text is formatted already; `Markup` is HTML that is safe to print as it stands. Hrefs are
relative to the page itself unless their field says otherwise. An empty tuple, text or Markup, or
None, means: leave the block out. The small parts (Table, Fact ...) stand in parts.py.
"""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from markupsafe import Markup

from kpisite.render.parts import (
    Block,
    Breakdown,
    Chapter,
    Count,
    Fact,
    Folded,
    Group,
    Item,
    Language,
    Link,
    NavItem,
    PeerBlock,
    Phase,
    PlanCard,
    PracticeCard,
    RollupEffects,
    ScoreBox,
    Section,
    Step,
    StoryBlock,
    Table,
    TermEntry,
    WarnedGroup,
    Why,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page has; the base of all of them."""

    template: ClassVar[str] = "base.html"

    lang: str  # zh, en: the folder's name
    html_lang: str  # zh-CN, en: for <html lang>
    path: str  # below the language's folder: products/credit-card/index.html
    root: str  # relative way to the language's folder: "", "../", "../../"
    top: str  # relative way to public/
    assets: str  # relative way to public/<version>/assets/ (ends with /)
    data: str  # relative way to public/<version>/data/ (ends with /)
    home: str  # href of the summary
    history: str  # href of the list of versions: the version switcher without JavaScript
    version: str
    version_title: str
    period_label: str
    as_of: str
    site_title: str
    organisation: str
    classification: str
    title: str
    lead: str  # one headline sentence
    other_languages: tuple[Language, ...]
    nav: tuple[NavItem, ...]
    crumbs: tuple[Link, ...]  # from the summary to the page above; without the page itself
    section: str  # key of the navigation entry that the page belongs to
    frozen: bool  # a released version, not the working report
    notice: str
    pages: tuple[Link, ...] = ()  # the site's own pages

    @property
    def menu(self) -> Markup:
        """The main navigation as the items of a list."""
        return _menu(self.nav, self.root, self.section)


@cache
def _menu(items: tuple[NavItem, ...], root: str, section: str) -> Markup:
    """The same on all pages of a section that lie equally deep."""
    form = Markup('<li><a href="{}{}"{}>{}</a></li>')
    here = Markup(' aria-current="true"')
    return Markup("\n").join(form.format(root, one.href, here if one.key == section else "", one.text) for one in items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Frame):
    """The first page: are we on course, and what needs a decision?"""

    template: ClassVar[str] = "summary.html"

    bank: ScoreBox
    sentences: tuple[str, ...]
    attention: tuple[Item, ...]  # at most 5
    calm: str  # what stands there instead when nothing misses its target
    good_news: tuple[Item, ...]  # at most 3
    completeness: tuple[Fact, ...]
    products: Table  # composite and counts of each product
    warnings: Link  # how many are open
    matrix: Table  # product x family: glyph and score, each cell a link
    heat: Markup  # the same as a chart
    lines: Table
    own: Table | None  # the bank's own indicators
    versions: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductList(Frame):
    """All products with their composite."""

    template: ClassVar[str] = "products.html"

    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard(Frame):
    """One product: where it stands, why, and what is being done."""

    template: ClassVar[str] = "scorecard.html"

    facts: tuple[Fact, ...]  # owner, line, period, version, share in the bank's score
    score: ScoreBox
    sentences: tuple[str, ...]  # at most 3
    attention: tuple[Item, ...]  # every red key indicator
    families: Table
    key: Table  # ordered by weighted shortfall, the worst first
    bullet: Markup
    trend: Markup  # the composite over time
    why: tuple[Why, ...]  # the composite moved: since the period before, and by what the release before did not know
    warnings: Table | None  # the open ones
    register: Table | None  # indicators with regulatory limits
    blocks: tuple[Block, ...]  # when the figures have no pages of their own
    plans: tuple[PlanCard, ...]
    actions: Table | None
    monitor: Folded | None
    notes: Markup
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePage(Frame):
    """One indicator of one product: its whole story."""

    template: ClassVar[str] = "figure.html"

    status: Markup
    off: bool  # to watch or off target: what could be done stands open
    score: str
    badges: tuple[str, ...]  # veto, limit crossed, small sample, monitor only
    chart: Markup
    facts: tuple[Fact, ...]
    target_facts: tuple[Fact, ...]  # who set it, when, from which baseline, why
    smart: Table | None  # is the target specific, measurable, achievable, relevant, bound in time?
    signal: StoryBlock | None  # signal or noise
    outlook: StoryBlock | None  # forecast and achievability
    warnings: Table | None  # open and cleared ones
    effects: Table | None  # why a ratio moved: numerator and denominator
    months: Table  # the newest first, as many as show a year and its month before
    older: Folded | None  # the months before those
    restated: Table | None  # months that were changed since they were first published
    grains: tuple[Folded, ...]  # quarters, half-years, years, year to date
    breakdowns: tuple[Breakdown, ...]
    definition: tuple[Fact, ...]
    versions: Table | None  # of the definition
    benchmarks: Table | None
    arithmetic: tuple[Fact, ...]  # the formula with its numbers
    steps: tuple[Step, ...]  # measures, anchors, rules ...: what an auditor unfolds
    files: Link  # to the files behind it
    peers: PeerBlock | None
    practices: tuple[PracticeCard, ...]
    plans: tuple[PlanCard, ...]
    actions: Table | None
    notes: Markup
    indicator: Link
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorList(Frame):
    """The catalogue: all indicators by family."""

    template: ClassVar[str] = "indicators.html"

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorPage(Frame):
    """One indicator over all products: definition, chart and table."""

    template: ClassVar[str] = "indicator.html"

    meaning: str
    definition: tuple[Fact, ...]
    chart: Markup  # small multiples, one for each product
    products: Table
    rollups: Table | None  # lines and bank, and which products they cover
    mix: tuple[RollupEffects, ...]  # why the ratios of the bank and of lines moved
    versions: Table | None
    measures: Table | None
    benchmarks: Table | None
    leads: tuple[Link, ...]  # indicators that lead it
    practices: tuple[PracticeCard, ...]
    notes: Markup
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyList(Frame):
    """The groups of indicators."""

    template: ClassVar[str] = "families.html"

    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPage(Frame):
    """One family: what it means, its indicators over the products, what can be done."""

    template: ClassVar[str] = "family.html"

    meaning: str
    perspective: str
    scores: Table  # family score of each product
    table: Table  # indicators x products
    practices: tuple[PracticeCard, ...]
    notes: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook(Frame):
    """All practices; each is an anchor."""

    template: ClassVar[str] = "playbook.html"

    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningPage(Frame):
    """Early warnings: what is close, crossed or coming, and whether it is handled."""

    template: ClassVar[str] = "warnings.html"

    facts: tuple[Fact, ...]  # open, new and cleared since the version before
    unsigned: Table | None  # parts of the version that nobody signed in time
    counts: tuple[Count, ...]  # open warnings by severity
    by_rule: Table | None
    groups: tuple[WarnedGroup, ...]  # by product: one row for each figure, at its most severe warning
    left_out: str  # where not all figures are shown
    quality: Table  # of the warnings that look ahead
    opportunities: Table | None
    leading: Table | None  # indicators that lead others
    log: Folded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanList(Frame):
    """All plans, and all actions by status and by owner."""

    template: ClassVar[str] = "plans.html"

    plans: tuple[PlanCard, ...]
    statuses: tuple[Fact, ...]  # how many actions have each status
    actions: Table | None
    owners: Table | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage(Frame):
    """One improvement plan."""

    template: ClassVar[str] = "plan.html"

    facts: tuple[Fact, ...]
    phases: tuple[Phase, ...]
    cause: str
    effects: Table | None
    actions: Table | None
    milestones: Table | None
    reviews: Table | None
    practices: tuple[PracticeCard, ...]
    indicators: tuple[Link, ...]
    body: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Methodology(Frame):
    """How figures are judged, with the site's own settings."""

    template: ClassVar[str] = "methodology.html"

    sections: tuple[Section, ...]
    settings: tuple[Fact, ...]
    statuses: Table
    reasons: Table
    sources: Table | None  # what was read: files, rows, hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality(Frame):
    """What the figures stand on: complete, in time, in line with the ledger, stable?"""

    template: ClassVar[str] = "data-quality.html"

    summary: tuple[Fact, ...]
    complete: Table | None  # months x sources
    products: Table
    punctual: Table | None
    controls: Table | None  # sums against control totals
    bounds: Table | None  # figures outside their natural bounds
    files: Table | None
    repairs: Folded | None
    left_out: Folded | None  # rows that were read and do not count
    principles: Table  # BCBS 239
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary(Frame):
    """The words of the site."""

    template: ClassVar[str] = "glossary.html"

    terms: tuple[TermEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyMap(Frame):
    """Which indicators are held to move which."""

    template: ClassVar[str] = "strategy-map.html"

    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class History(Frame):
    """The versions of the site."""

    template: ClassVar[str] = "history.html"

    table: Table
    restatements: Table | None  # which published figures were changed, when and why
    bank: Table | None  # the bank's composite month by month in this version


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesPage(Frame):
    """What changed from one version to the next."""

    template: ClassVar[str] = "changes.html"

    house: Why | None  # the composite of the whole house, product by product
    lines: tuple[Why, ...]  # the same of the lines that are more than one product
    composites: Table
    parts: tuple[Table, ...]  # statuses, restated figures, declarations, plans: those that have changes
    values: Folded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorPage(Frame):
    """Our figures beside those of competitors."""

    template: ClassVar[str] = "competitors.html"

    sentences: tuple[str, ...]  # how old the comparison is
    table: Table  # every newest comparison, the worst material gap first
    opportunities: Table | None
    growth: Table | None  # why shares moved


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage(Frame):
    """A page that the site's authors wrote."""

    template: ClassVar[str] = "own.html"

    body: Markup
    more: tuple[Link, ...]  # the other own pages
