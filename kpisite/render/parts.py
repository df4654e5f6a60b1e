"""The parts that pages are put together from: links, tables, facts and cards, ready to print."""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Link:
    """A word that leads somewhere; without an href it is only the word."""

    text: str
    href: str = ""


class NavItem(NamedTuple):
    """An entry of the main navigation; `href` is relative to the language's folder: print page.root before it."""

    key: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Language:
    """The same page in another language."""

    code: str  # as in the lang attribute: zh-CN, en
    name: str  # in its own words: 中文, English
    href: str


class Head(NamedTuple):
    """A column's heading; `kind` is the class of its cells: "", "num", "status" or "chart"."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption, headings and ready rows.

    `body` is the inside of <tbody>: each <tr> begins with a <th scope="row">, its cells carry the class of their
    heading. `label` names the scrolling region; `note` stands below the table.
    """

    id: str
    caption: str
    label: str
    heads: tuple[Head, ...]
    body: Markup
    note: str = ""

    @property
    def top(self) -> Markup:
        """The headings as the cells of their row."""
        return _top(self.heads)


@cache
def _top(heads: tuple[Head, ...]) -> Markup:
    """The same for many tables: a site has few different rows of headings."""
    form = Markup('<th scope="col"{}>{}</th>')
    kind = Markup(' class="{}"')
    return Markup("").join(form.format(kind.format(head.kind) if head.kind else "", head.text) for head in heads)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a definition list: a label, its value (text or Markup) and a remark."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of a status, green amber red grey, or of a severity; `mark` is glyph and word."""

    status: str
    mark: Markup
    number: str


@dataclass(frozen=True, slots=True)
class ScoreBox:
    """A composite with everything that must stand beside it: status, coverage, bounds and counts."""

    name: str
    score: str  # "92.5", or the words for no composite
    status: Markup
    covered: str  # "88%"
    coverage: str  # the same in words: "Covers 88 % of the weight"
    bounds: str  # "80.1–94.5"; empty when the coverage is full
    change: str  # against the period before, with sign; empty without one
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One point for the reader's attention, or one piece of good news: a sentence, and what it is about."""

    status: Markup
    text: str
    product: Link
    indicator: Link
    action: str = ""  # owner and next step, or the words for no action yet
    plan: Link = Link("")


@dataclass(frozen=True, slots=True)
class Folded:
    """A table that is shown on demand, in <details>."""

    title: str
    table: Table
    open: bool = False


@dataclass(frozen=True, slots=True)
class WarnedGroup:
    """The figures of one product with open warnings: counts by severity, what is urgent, and the rest on demand."""

    id: str
    title: Link
    counts: tuple[Count, ...]
    urgent: Table | None
    rest: Folded | None


@dataclass(frozen=True, slots=True)
class RollupEffects:
    """Why the ratio of the bank or of a line moved: its tables, which stand open for the bank."""

    title: str
    open: bool
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why a composite moved: a sentence, a waterfall, and the table of all parts."""

    id: str
    title: str
    text: str
    chart: Markup  # empty where nothing moved
    table: Folded


@dataclass(frozen=True, slots=True)
class Step:
    """One step of how a figure came about: facts and a table, shown on demand."""

    key: str
    title: str
    facts: tuple[Fact, ...]
    table: Table | None
    open: bool


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A figure by the labels of one dimension; the chart is empty where there is only one label."""

    title: str
    table: Table
    chart: Markup
    longer: Folded | None = None  # the same of quarters and years


@dataclass(frozen=True, slots=True)
class StoryBlock:
    """A part of a figure's story: a sentence, a chart, facts and a remark; on demand how it was found, and a table."""

    title: str
    lead: str
    chart: Markup
    facts: tuple[Fact, ...]
    note: str
    folded: Folded | None
    method: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One figure within a page: its title, a sentence, its chart and key facts."""

    id: str
    title: str
    href: str
    lead: str
    chart: Markup
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """One practice of the playbook. `anchor` is its id on the playbook page (m-1-1)."""

    anchor: str
    name: str
    href: str  # to its place in the playbook
    text: str
    family: Link
    moves: tuple[tuple[Link, str], ...]  # the indicator, and the word for up or down with its arrow
    steps: tuple[str, ...]
    effort: str
    months: str
    plans: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan in a list: what, whose, how far; `phase` is the word for where it stands in plan-do-check-act."""

    title: str
    href: str
    product: Link
    owner: str
    phase: str
    actions: str  # "2 of 5 done, 1 late"
    due: str  # the last due day that is still open
    indicators: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class PeerBlock:
    """The competitors of a figure: where it stands in words, over time, and the newest comparison with each."""

    text: str
    chart: Markup
    table: Table


@dataclass(frozen=True, slots=True)
class Group:
    """A family's part of a list."""

    id: str
    title: str
    href: str
    text: str
    table: Table


@dataclass(frozen=True, slots=True)
class Chapter:
    """The practices of one family."""

    id: str
    title: str
    href: str
    practices: tuple[PracticeCard, ...]


@dataclass(frozen=True, slots=True)
class Phase:
    """One box of plan-do-check-act: done or not, with the facts that fill it."""

    key: str  # plan, do, check, act
    title: str
    done: bool
    state: str  # the word for done or open
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text, with an anchor."""

    id: str
    title: str
    body: Markup


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A word, in this language and in the others, and what it means."""

    id: str
    name: str
    others: tuple[tuple[str, str], ...]  # lang attribute, word
    text: str
