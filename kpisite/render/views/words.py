"""Pages of words: playbook, glossary, strategy map and the site's own pages."""

from markupsafe import Markup

from kpisite.evaluate.report import GREY, KEY
from kpisite.render import marks, navigation
from kpisite.render.edition import Edition, root_of
from kpisite.render.pages import Glossary, OwnPage, Playbook, StrategyMap
from kpisite.render.parts import Chapter, TermEntry
from kpisite.render.views.cards import practice_cards


def playbook(e: Edition) -> Playbook:
    """All practices by family."""
    path = "playbook/index.html"
    root, words = root_of(path), e.t["playbook"]
    chapters = []
    for f, family in enumerate(e.report.families):
        practices = [p for p, one in e.board.ordered if one.family == family]
        if practices:
            link = e.to_family(f, root)
            chapters.append(Chapter(family, link.text, link.href, practice_cards(e, practices, root)))
    lead = words["lead"].format(count=len(e.board.ordered))
    return Playbook(**e.frame(path, title=words["title"], lead=lead, section="playbook"), chapters=tuple(chapters))


def glossary(e: Edition) -> Glossary:
    """The site's words, with those of the other languages."""
    path, words = "glossary/index.html", e.t["glossary"]
    terms = []
    for id_, term in sorted(e.site.glossary.items()):
        name = e.say(term.name)
        others = tuple(
            (language.code, term.name.in_(language.href))
            for language in e.languages
            if language.href != e.lang and term.name.in_(language.href) != name
        )
        terms.append(TermEntry(id_, name, others, e.say(term.text)))
    lead = words["lead"].format(count=len(terms))
    return Glossary(**e.frame(path, title=words["title"], lead=lead, section="glossary"), terms=tuple(terms))


def strategy_map(e: Edition) -> StrategyMap:
    """Every declared hypothesis with the present state of both of its ends."""
    path, words = "strategy-map/index.html", e.t["strategy_map"]
    root, say = root_of(path), e.t["say"]
    rows = []
    for edge in e.site.strategy_map:
        source, target = e.indicator_links((edge.source, edge.target), root)
        rows.append(
            (
                marks.anchor(source.text, source.href),
                _standing(e, edge.source),
                say["sign_up"] if edge.sign == "+" else say["sign_down"],
                say["months_lag"].format(n=edge.lag) if edge.lag else say["no_lag"],
                marks.anchor(target.text, target.href),
                _standing(e, edge.target),
            )
        )
    heads = (e.head("from"), e.head("status"), e.head("sign"), e.head("lag"), e.head("to"), e.head("status"))
    lead = words["lead"].format(count=len(rows))
    return StrategyMap(
        **e.frame(path, title=words["title"], lead=lead, section="strategy_map"),
        table=marks.table("strategy-map", words["caption"], heads, rows),
    )


def _standing(e: Edition, indicator: str) -> str:
    """How many of the products that are judged by an indicator have each status; empty where none is."""
    i, now = e.report.indicator(indicator), e.board.now
    subjects = [s for s in range(len(e.subjects)) if e.report.role[s, i] == KEY]
    status = e.board.months.status[subjects, i, now].tolist()
    tiles = [e.tile(code, str(status.count(code))) for code in (3, 2, 1, GREY) if status.count(code)]
    return Markup(" ").join(tiles)


def own_page(e: Edition, id_: str) -> OwnPage:
    """A page that the site's authors wrote."""
    path = f"pages/{id_}/index.html"
    root = root_of(path)
    more = tuple(e.to_own(other, root) for other in own_pages(e) if other != id_)
    page = e.site.texts[id_]
    frame = e.frame(path, title=e.say(page.title), lead="", section="pages")
    return OwnPage(**frame, body=e.body(f"pages/{id_}"), more=more)


def own_pages(e: Edition) -> tuple[str, ...]:
    """The site's own pages in their order."""
    return navigation.own_pages(e.site)
