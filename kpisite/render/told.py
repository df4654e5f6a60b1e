"""An explanation in the words of one language: paragraphs of lines and grids, the same on a page and in a terminal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpisite.evaluate.covers import covered_by
from kpisite.evaluate.explanation import Explanation, MeasureUsed, Rule
from kpisite.evaluate.ledger import Use
from kpisite.evaluate.working import desk
from kpisite.languages import Column
from kpisite.periods import parse
from kpisite.render.edition import Edition


class Code(str):
    """A formula, an expression, a path or a hash: printed as it stands."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what it says."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under headings; `numbers` are the columns that hold numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One step of an explanation: key, title, lines and a grid."""

    key: str
    title: str
    lines: tuple[Line, ...]
    grid: Grid | None = None


@dataclass(frozen=True, slots=True)
class _Teller:
    e: Edition
    x: Explanation
    i: int

    @property
    def t(self) -> Mapping[str, Any]:
        words: Mapping[str, Any] = self.e.t["explain"]
        return words

    @property
    def column(self) -> Column:
        return self.e.plain_columns[self.i]

    def figure(self, value: float) -> str:
        """A number of the indicator, with its unit, rounded as it is shown."""
        return self.e.tongue.figure(value, self.column)

    def exact(self, value: float | None) -> str:
        """A number with all its digits."""
        return self.e.t["say"]["missing"] if value is None else exact(self.e, value)

    def period(self, label: str) -> str:
        return period_text(self.e, label)


def tell(e: Edition, x: Explanation) -> tuple[Paragraph, ...]:
    """The steps in their order; one with nothing to say is left out."""
    teller = _Teller(e, x, e.report.indicators.index(x.indicator))
    every = (
        _definition(teller),
        _measures(teller),
        _arithmetic(teller),
        _pieces(teller),
        _target(teller),
        _rules(teller),
        _contribution(teller),
        _data(teller),
    )
    return tuple(one for one in every if one.lines or one.grid)


def exact(e: Edition, value: float) -> str:
    """A number with all its digits, in groups of three and with the language's minus."""
    text = f"{abs(Decimal(repr(value))):,f}"
    text = text.removesuffix(".0")
    return f"{e.tongue.minus}{text}" if value < 0 else text


def period_text(e: Edition, label: str) -> str:
    """A period's label in words; (2/3) behind it says how many of its months are meant."""
    whole, _, part = label.partition(" (")
    text = e.tongue.period(parse(whole, e.site.report.fiscal_year_starts))
    n, _, m = part.rstrip(")").partition("/")
    return f"{text} ({e.t['say']['provisional'].format(n=n, m=m)})" if part else text


# ------------------------------------------------------------------------------------------------ the value


def _definition(o: _Teller) -> Paragraph:
    used, words = o.x.definition, o.t
    lines = [Line(words["formula"], Code(used.formula) if used.formula else o.e.t["define"]["builtin"])]
    if used.version:
        since = o.period(used.valid_from)
        lines.append(Line(words["definition"], words["version"].format(version=used.version, period=since)))
    if used.place is not None:
        lines.append(Line(words["declared"], Code(used.place)))
    covers = _covers(o)
    if covers:
        lines.append(Line(o.e.t["head"]["covers"], covers))
    return Paragraph("definition", words["definition"], tuple(lines))


def _covers(o: _Teller) -> str:
    """The products that a figure of a line or the bank is made of."""
    report, s = o.e.report, o.e.report.subject(o.x.product)
    found = desk(report, o.i)
    if report.subjects[s].level == "product" or found is None:
        return ""
    period = parse(o.x.period.partition(" (")[0], report.site.report.fiscal_year_starts)
    return o.e.listed(o.e.subjects[p] for p in covered_by(found, s, period).products)


def _measures(o: _Teller) -> Paragraph:
    head, words = o.e.t["head"], o.t
    rows = [row for one in o.x.measures for row in _measure_rows(o, one)]
    heads = (head["measure"], head["name"], head["period"], head["value"], words["rows"], head["sql"], head["source"])
    grid = Grid(heads, tuple(rows), (3, 4)) if rows else None
    lines = (Line(words["list_rows"], Code(_command(o.x))),) if rows and o.x.rows is None else ()
    return Paragraph("measures", words["measures"], lines, grid)


def _command(x: Explanation) -> str:
    """How the rows behind a figure are listed."""
    version = f" --version {x.release}" if x.frozen else ""
    return f"kpisite explain {x.product}/{x.indicator}@{x.period.replace(' ', '-')}{version} --rows 20"


def _measure_rows(o: _Teller, one: MeasureUsed) -> Iterator[tuple[str, ...]]:
    declared, source = o.e.site.measures[one.measure], o.e.site.sources.get(one.source)
    name, unit = o.e.say(declared.name), o.e.tongue.unit(one.unit).name
    named = o.e.t["explain"]["in_unit"].format(name=name or one.measure, unit=unit)
    read = (o.e.say(source.name) if source else "") or one.source
    for use in one.uses:
        yield (
            Code(one.measure),
            named,
            _when(o, use),
            o.exact(use.value),
            o.e.tongue.number(use.rows, 0),
            Code(one.sql),
            read,
        )


def _when(o: _Teller, use: Use) -> str:
    """The period, and the product where the figure is the sum of products' own figures."""
    if o.x.arithmetic.method == "products" and use.parts:
        words: str = o.t["of_product"]
        return words.format(product=_subject(o, use.parts[0].product), period=o.period(use.period))
    return o.period(use.period)


def _arithmetic(o: _Teller) -> Paragraph:
    words, found = o.t, o.x.arithmetic
    lines = []
    if found.method != "none":
        lines.append(Line(words["how"], words["method"][found.method]))
        if found.period != o.x.period:
            lines.append(Line(words["computed"], o.period(found.period)))
        lines += [Line(words["param"].format(name=name), o.exact(value)) for name, value in found.params]
        lines.append(Line(words["numbers"], Code(found.text)))
    if o.x.value is not None:
        lines.append(Line(words["unrounded"], o.exact(o.x.value)))
        rounded = words["rounded"].format(decimals=o.x.decimals)
        lines.append(Line(rounded, o.figure(o.x.value)))
    else:
        lines.append(Line(words["missing"], _reason(o)))
    if found.changed is not None:
        lines.append(Line(words["change"], Code(f"{found.change} = {o.exact(found.changed)}")))
    if o.x.sample is not None:
        lines.append(Line(words["answers"], o.e.tongue.number(round(o.x.sample), 0)))
    return Paragraph("arithmetic", words["arithmetic"], tuple(lines))


def _reason(o: _Teller) -> str:
    declared = o.e.site.indicators[o.x.indicator].missing_when
    if o.x.reason == "no-meaning" and declared is not None:
        return f"{o.e.say(declared.reason)} ({declared.formula})"
    text: str = o.e.t["reason_text"][o.x.reason]
    return text


def _pieces(o: _Teller) -> Paragraph:
    pieces, head = o.x.arithmetic.pieces, o.e.t["head"]
    rows = tuple((_subject(o, one.subject), o.period(one.period), o.exact(one.value)) for one in pieces)
    grid = Grid((head["product"], head["period"], head["value"]), rows, (2,)) if rows else None
    return Paragraph("pieces", o.t["pieces"], (), grid)


def _subject(o: _Teller, id_: str) -> str:
    return o.e.subjects[o.e.report.subject(id_)]


# ------------------------------------------------------------------------------------------------ the judgement


def _target(o: _Teller) -> Paragraph:
    used, words, of = o.x.target, o.t, o.e.t["target_of"]
    if used is None:
        return Paragraph("target", words["target"], ())
    value = o.figure(used.low) if used.high is None else o.e.tongue.span(o.figure(used.low), o.figure(used.high))
    lines = [
        Line(of["value"], value),
        Line(of["tolerance"], o.e.t["say"]["tolerance"].format(tolerance=o.exact(used.tolerance))),
        Line(of["path"], words["path"][used.path]),
        Line(words["basis_of"], words["basis"][used.basis] if used.basis != "period" else ""),
        Line(of["since"], o.e.t["say"]["from_month"].format(period=o.period(used.from_)) if used.from_ else ""),
        Line(of["approved"], o.e.listed(part for part in (used.approved_by, used.approved_on) if part)),
        Line(words["declared"], Code(used.place) if used.place else ""),
    ]
    return Paragraph("target", words["target"], tuple(line for line in lines if line.text), _anchors(o))


def _anchors(o: _Teller) -> Grid:
    words, scoring = o.t["anchor"], o.e.site.scoring
    edge = o.e.tongue.rounded(max(100 - scoring.slope, 0), 0)
    scores = ("0", edge, "100", o.e.tongue.rounded(scoring.cap, 0))
    names = ("floor", "amber", "target", "stretch")
    rows = []
    for at, name in enumerate(names):
        values = [getattr(side, name) for side in o.x.anchors]
        if None not in values:
            rows.append((words[name], scores[at], *(o.figure(value) for value in values)))
    sides = (o.e.t["head"]["value"],) if len(o.x.anchors) == 1 else (words["lower"], words["upper"])
    return Grid((words["title"], o.e.t["head"]["score"], *sides), tuple(rows), (1, 2, 3)[: 1 + len(sides)])


def _rules(o: _Teller) -> Paragraph:
    words = o.t
    rows = [(str(n), words["rule_name"][one.rule], _found(o, one)) for n, one in enumerate(o.x.rules, 1)]
    return Paragraph("rules", words["rules"], (), Grid((words["turn"], words["rule"], words["found"]), tuple(rows)))


def _found(o: _Teller, rule: Rule) -> str:
    """What a rule found, with its numbers put into the sentence."""
    if rule.rule == "result":
        is_missing = rule.found == "grey" and o.x.value is None
        is_shown = rule.found == "grey" and not is_missing
        status: str = o.t["not_judged"] if is_shown else o.e.t["status"]["none" if is_missing else rule.found]
        return status
    said = {name: _said(o, name, value) for name, value in rule.numbers}
    sentence: str = o.t["rule_found"][rule.rule][rule.found]
    return sentence.format(**said)


COUNTED = ("n", "m", "least")


def _said(o: _Teller, name: str, value: float | str) -> str:
    if name == "reason":
        return _reason(o)
    if name == "side":
        return str(o.t["side"][value])
    if isinstance(value, str):
        return value
    if name in COUNTED:
        return o.e.tongue.number(round(value), 0)
    if name == "tolerance":
        return o.exact(value)
    return o.e.score(value) if name in ("score", "most") else o.figure(value)


def _contribution(o: _Teller) -> Paragraph:
    found, words = o.x.contribution, o.t
    if found is None:
        return Paragraph("composite", words["composite"], ())
    lines = [
        Line(words["weight"], o.exact(found.weight)),
        Line(words["points"], Code(f"{found.text} = {o.e.tongue.rounded(found.points, 2)}")),
    ]
    if found.composite is not None:
        lines.append(Line(o.e.t["say"]["composite"], o.e.composite(found.composite)))
    return Paragraph("composite", words["composite"], tuple(lines))


# ------------------------------------------------------------------------------------------------ the data


def _data(o: _Teller) -> Paragraph:
    head, words, number = o.e.t["head"], o.t, o.e.tongue.number
    lines = [Line(o.e.t["ui"]["as_of"], o.e.tongue.date(o.x.as_of))]
    if o.x.vintage:
        lines.append(Line(words["vintage"], o.e.tongue.date(o.x.vintage)))
    rows = tuple(
        (Code(one.path), number(one.rows, 0), number(one.size, 0), Code(one.encoding), Code(one.sha256))
        for one in o.x.files
    )
    heads = (head["files"], head["rows"], words["bytes"], words["encoding"], head["hash"])
    return Paragraph("data", words["data"], tuple(lines), Grid(heads, rows, (1, 2)) if rows else None)
