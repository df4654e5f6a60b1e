"""What is done about figures: practices, plans and their actions, reviews, restatements, and pages of one's own."""

from typing import Annotated, Literal

from pydantic import Field

from kpisite.declare.indicators import Rebases
from kpisite.declare.scalars import Day, Id, Model, Month, Number, Whole, Words
from kpisite.languages import Text


class Practice(Model):
    """One entry of the playbook: what can be done, what it moves, what it costs and when it shows."""

    name: Words
    family: Id
    text: Words
    moves: dict[Id, Literal["up", "down"]]
    steps: dict[str, tuple[str, ...]]  # language -> steps
    effort: Literal["S", "M", "L"]
    months: tuple[Whole, Whole]  # to the first visible effect
    order: Whole = 0


class Milestone(Model):
    """A dated step within an action."""

    name: Words
    due: Day
    done: Day | None = None


class Action(Model):
    """One owned and dated piece of work of a plan."""

    title: Words
    owner: str
    practice: Id | None = None
    indicators: tuple[Id, ...] = ()
    start: Day
    due: Day
    done: Day | None = None
    progress: Annotated[Number, Field(ge=0, le=100)] = 0
    cancelled: bool = False
    milestones: tuple[Milestone, ...] = ()
    evidence: str = ""


class Effect(Model):
    """What a plan promises for one indicator."""

    indicator: Id
    to: Number
    by: Month


class PlanReview(Model):
    """What was found when the plan's effect was checked, and what was decided."""

    on: Day
    verdict: Literal["effective", "promising", "no-evidence", "adverse", "too-early"]
    decision: Literal["standardise", "adjust", "stop", "continue"]
    lessons: Words = Text()


class Plan(Model):
    """An improvement plan; its text stands below the front matter."""

    title: Words
    product: Id
    indicators: tuple[Id, ...]
    owner: str
    opened: Day
    practices: tuple[Id, ...] = ()
    cause: Words = Text()
    expected: tuple[Effect, ...] = ()
    actions: dict[Id, Action] = {}
    reviews: tuple[PlanReview, ...] = ()
    closed: Day | None = None
    rebase: dict[Id, Rebases] = {}  # from when on the plan's work shows as another process


class Edge(Model):
    """A declared hypothesis of the strategy map: `source` moves `target` after `lag` months."""

    source: Id = Field(alias="from")
    target: Id = Field(alias="to")
    sign: Literal["+", "-"]
    lag: Annotated[Whole, Field(ge=0)]


class Term(Model):
    """A word of the site's glossary."""

    name: Words
    text: Words


class Review(Model):
    """Who looked at a product's part of a release, in which role, when, and with what verdict."""

    release: str
    product: Id
    role: str
    person: str
    on: Day
    verdict: Literal["signed", "returned"]
    comment: Words = Text()


class RestatementNote(Model):
    """Why published figures of a product were changed: which months, with data of which day, and the reason."""

    product: Id
    indicators: tuple[Id, ...] = ()  # default: all of the product's
    from_: Month = Field(alias="from")
    to: Month
    on: Day
    reason: Words


class Page(Model):
    """A page of the site's own; its text stands below the front matter."""

    title: Words
    order: Whole = 0
