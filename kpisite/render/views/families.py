"""The families of indicators."""

import math

import numpy as np

from kpisite.evaluate.report import ABSENT, KEY, STATUSES
from kpisite.render import marks
from kpisite.render.cells import Cell, Places, cells, own_columns
from kpisite.render.due import month_due
from kpisite.render.edition import Edition, root_of
from kpisite.render.pages import FamilyList, FamilyPage
from kpisite.render.parts import Head, Link, Table
from kpisite.render.views.cards import practice_cards
from kpisite.render.views.indicators import members_of
from kpisite.render.views.rows import LONGEST, longest

# With more products than this, the products stand in the rows and only their family scores are shown.
MOST_COLUMNS = 12


def family_list(e: Edition) -> FamilyList:
    """All families with what they mean and where they stand."""
    path = "families/index.html"
    root, words = root_of(path), e.t["families"]
    rows = []
    for f, id_ in enumerate(e.report.families):
        family, link = e.site.families[id_], e.to_family(f, root)
        counts = e.board.scores.counts[list(e.board.products), f, e.board.now].sum(axis=0).tolist()
        name = marks.anchor(link.text, link.href)
        numbers = [count.number for count in e.counts(counts)]
        members = str(len(members_of(e, id_)))
        rows.append([name, e.say(family.meaning), e.t["perspective"][family.perspective], members, *numbers])
    heads = (
        e.head("family"),
        e.head("meaning"),
        e.head("perspective"),
        e.head("indicators", "num"),
        *(e.head(key, "num") for key in ("green", "amber", "red", "grey")),
    )
    lead = words["lead"].format(count=len(rows))
    table = marks.table("families", words["caption"], heads, rows)
    return FamilyList(**e.frame(path, title=words["title"], lead=lead, section="families"), table=table)


def family_page(e: Edition, f: int) -> FamilyPage:
    """One family: its indicators over the products, and what can be done."""
    id_ = e.report.families[f]
    path = f"families/{id_}/index.html"
    root, family = root_of(path), e.site.families[id_]
    meaning = e.say(family.meaning)
    crumbs = (Link(e.t["nav"]["families"], f"{root}families/index.html"),)
    practices = (p for p, one in e.board.ordered if one.family == id_)
    return FamilyPage(
        **e.frame(path, title=e.families[f], lead=_lead(e, f), section="families", crumbs=crumbs),
        meaning=meaning,
        perspective=e.t["perspective"][family.perspective],
        scores=_scores(e, f, root),
        table=_table(e, id_, root),
        practices=practice_cards(e, practices, root),
        notes=e.body(f"families/{id_}"),
    )


def _lead(e: Edition, f: int) -> str:
    """How many key figures of the family there are, by status."""
    numbers = e.board.scores.counts[list(e.board.products), f, e.board.now].sum(axis=0).tolist()
    counts = {name: int(numbers[code]) for code, name in enumerate(STATUSES)}
    members = len(members_of(e, e.report.families[f]))
    return str(e.t["say"]["family_lead"].format(indicators=members, total=sum(counts.values()), **counts))


def _scores(e: Edition, f: int, root: str) -> Table:
    """The score of the family in each product that has key indicators in it, the lowest first."""
    scores, now = e.board.scores, e.board.now
    carried = [s for s in e.board.products if scores.counts[s, f, now].sum()]
    found = scores.score[:, f, now]
    order = sorted(carried, key=lambda s: (not math.isnan(found[s]), float(found[s]), s))
    rows = []
    for s in order[:LONGEST]:
        link = e.to_subject(s, root)
        rows.append(
            [
                marks.anchor(link.text, link.href),
                e.composite(float(found[s])) or e.t["say"]["missing"],
                e.mark(int(scores.status[s, f, now])),
                *(count.number for count in e.counts(scores.counts[s, f, now].tolist())),
            ]
        )
    heads = (
        e.head("product"),
        e.head("score", "num"),
        e.head("status", "status"),
        *(e.head(key, "num") for key in ("green", "amber", "red", "grey")),
    )
    return marks.table("scores", e.t["family"]["scores"], heads, rows, note=longest(e, len(rows), len(order)))


def _table(e: Edition, family: str, root: str) -> Table:
    """Indicators x products: glyph and value, each leading to the figure."""
    members = members_of(e, family)
    carrying = [s for s in e.board.products if any(e.report.role[s, i] != ABSENT for i in members)]
    products = carrying[:MOST_COLUMNS]
    rows, shown = [], _shown(e, [(s, i) for i in members for s in products if e.report.role[s, i] != ABSENT])
    for i in members:
        link = e.to_indicator(i, root)
        rows.append([marks.anchor(link.text, link.href), *(_cell(e, s, i, root, shown) for s in products)])
    heads = (e.head("indicator"), *(Head(e.subjects[s], "status") for s in products))
    note = longest(e, len(products), len(carrying))
    return marks.table("indicators", e.t["family"]["table"], heads, rows, note=note)


def _shown(e: Edition, pairs: list[tuple[int, int]]) -> dict[tuple[int, int], Cell]:
    at = Places(*np.array(pairs, dtype=np.int64).reshape(-1, 2).T)
    return dict(zip(pairs, cells(e, at, own_columns(e, at)), strict=True))


def _cell(e: Edition, s: int, i: int, root: str, shown: dict[tuple[int, int], Cell]) -> str:
    if (s, i) not in shown:
        return ""
    value, judged = shown[s, i].value, e.report.role[s, i] == KEY
    inner: str = e.tile(int(e.board.months.status[s, i, month_due(e, s, i)]), value) if judged else value
    return marks.anchor(inner, e.to_figure(s, i, root))
