"""Small ready-made HTML: status marks, links and table rows."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from markupsafe import Markup, escape

from kpisite.evaluate.report import STATUSES
from kpisite.render.parts import Fact, Head, Link, Table

# Neither authors' texts nor data can hold this character.
SEPARATOR = "\0"

# The place among the marks of what has no figure: grey as well, but not for want of a judgement.
NO_DATA = len(STATUSES)
GLYPHS = {"green": "●", "amber": "▲", "red": "■", "grey": "○"}


def status_marks(words: Mapping[str, str]) -> tuple[Markup, ...]:
    """Glyph and word of each status, by its code; beyond them that of a figure that there is not."""
    there = [_mark(status, GLYPHS[status], words[status]) for status in STATUSES]
    return (*there, _mark("grey", GLYPHS["grey"], words["none"]))


def _mark(status: str, glyph: str, word: str) -> Markup:
    form = Markup(
        '<span class="status status-{0}"><span class="glyph" aria-hidden="true">{1}</span> '
        '<span class="word">{2}</span></span>'
    )
    return form.format(status, glyph, word)


def glyph_head(status: str, word: str) -> Markup:
    """The heading of a narrow column of counts: the glyph, and its word for those who cannot see it."""
    form = Markup('<span class="status-{0}" title="{2}"><span class="glyph" aria-hidden="true">{1}</span>'
                  '<span class="unseen">{2}</span></span>')  # fmt: skip
    return form.format(status, GLYPHS[status], word)


SEVERITY_GLYPHS = {"critical": "‼", "high": "!", "medium": "▲", "info": "i"}


def severity(name: str, word: str) -> Markup:
    """Glyph and word of how severe a warning is."""
    form = Markup('<span class="severity severity-{}"><span class="glyph" aria-hidden="true">{}</span> {}</span>')
    return form.format(name, SEVERITY_GLYPHS[name], word)


def provisional(text: str) -> Markup:
    """A figure that is not judged yet: the glyph of no status, and words of its own."""
    return _mark("grey", GLYPHS["grey"], text)


def verdict(word: str, *, is_good: bool) -> Markup:
    """A word for met or in doubt, with a sign of its own."""
    name, sign = ("met", "✓") if is_good else ("doubt", "?")
    return Markup(f'<span class="verdict {name}"><span aria-hidden="true">{sign}</span> {escape(word)}</span>')


# Up or down, and what it means: a tick is better, an exclamation mark worse, nothing beside it neither.
_VARIATION_GLYPHS = {
    "common": "≈",
    "improvement-high": "↑✓",
    "improvement-low": "↓✓",
    "concern-high": "↑!",
    "concern-low": "↓!",
    "neutral-high": "↑",
    "neutral-low": "↓",
}
_ASSURANCE_GLYPHS = {"passes": "P", "hit-or-miss": "?", "fails": "F"}


def signal(variation: str, assurance: str, text: str) -> Markup:
    """What the chart of natural variation says: glyphs, and words for those who hear; nothing where it says nothing."""
    if not variation and not assurance:
        return Markup()
    glyphs = [_VARIATION_GLYPHS.get(variation, ""), _ASSURANCE_GLYPHS.get(assurance, "")]
    kind = variation.split("-")[0] or "none"
    form = Markup(' <span class="signal signal-{}" role="img" aria-label="{}" title="{}">{}</span>')
    return form.format(kind, text, text, " ".join(glyph for glyph in glyphs if glyph))


def tile(status: int, words: Mapping[str, str], number: str) -> Markup:
    """A cell of a matrix: the glyph with its word for those who cannot see it, and a number."""
    name = STATUSES[status]
    return Markup(
        f'<span class="status status-{name}"><span class="glyph" role="img" aria-label="{escape(words[name])}">'
        f'{GLYPHS[name]}</span> <span class="number">{escape(number)}</span></span>'
    )


def anchor(text: str, href: str) -> Markup:
    """A link, or only its text where there is nothing to lead to."""
    if not href:
        return escape(text)
    return Markup(f'<a href="{escape(href)}">{escape(text)}</a>')


def anchor_column(texts: Sequence[str], hrefs: Sequence[str]) -> list[Markup]:
    """The same for all cells of a column."""
    pairs = zip(_escaped(texts), _escaped(hrefs), strict=True)
    return [Markup(f'<a href="{href}">{text}</a>') if href else Markup(text) for text, href in pairs]


def anchors(links: Iterable[Link], join: str) -> Markup:
    """Several links in one cell."""
    return Markup(escape(join)).join(anchor(link.text, link.href) for link in links)


@cache
def _form(kinds: tuple[str, ...]) -> str:
    cells = "".join(f'<td class="{kind}">%s</td>' if kind else "<td>%s</td>" for kind in kinds[1:])
    return f'<tr><th scope="row">%s</th>{cells}</tr>'


def table(
    id_: str, caption: str, heads: Sequence[Head], rows: Iterable[Sequence[str]], *, label: str = "", note: str = ""
) -> Table:
    """A table from rows of cells; the first cell of each is its heading. Text is escaped, Markup is kept."""
    return table_of_columns(id_, caption, heads, list(zip(*rows, strict=True)), label=label, note=note)


def table_of_columns(
    id_: str, caption: str, heads: Sequence[Head], columns: Sequence[Sequence[str]], *, label: str = "", note: str = ""
) -> Table:
    """The same from columns; that of the headings of the rows comes first."""
    form = _form(tuple([head.kind for head in heads]))
    safe = [_escaped(column) for column in columns]
    body = Markup("\n".join([form % row for row in zip(*safe, strict=True)]))
    return Table(id_, caption, label or caption, tuple(heads), body, note)


def filled(
    heads: Sequence[Head], columns: Sequence[Sequence[str]]
) -> tuple[tuple[Head, ...], tuple[Sequence[str], ...]]:
    """Headings and columns without those that have nothing in any row."""
    kept = [n for n, column in enumerate(columns) if n == 0 or any(column)]
    return tuple(heads[n] for n in kept), tuple(columns[n] for n in kept)


def fact_list(facts: Iterable[Fact]) -> Markup:
    """The lines of a definition list; most of their texts stand on many pages and are escaped only once."""
    lines = []
    for fact in facts:
        note = f' <span class="note">{_safe(fact.note)}</span>' if fact.note else ""
        lines.append(f"<div><dt>{_safe(fact.label)}</dt><dd>{_safe(fact.value)}{note}</dd></div>")
    return Markup("".join(lines))


def _safe(text: str) -> str:
    return text if type(text) is Markup else _safe_text(text)


@lru_cache(maxsize=16_384)
def _safe_text(text: str) -> str:
    return str(escape(text))


def _escaped(column: Sequence[str]) -> Sequence[str]:
    """A column's cells as HTML; escaped together, which costs a tenth of escaping each."""
    kinds = set(map(type, column))
    if kinds == {str}:
        joined = SEPARATOR.join(column)
        safe = str(escape(joined))
        return column if len(safe) == len(joined) else safe.split(SEPARATOR)
    return column if kinds == {Markup} else [escape(cell) for cell in column]
