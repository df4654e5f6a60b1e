"""How an indicator is defined: facts, versions, measures and benchmarks, for its own page and for its figures."""

from markupsafe import Markup, escape

from kpisite.declare.measure_sql import sql_of
from kpisite.declare.model import Indicator
from kpisite.evaluate.delivery import measures_behind
from kpisite.render import marks
from kpisite.render.edition import Edition
from kpisite.render.parts import Fact, Table


def code(text: str) -> Markup:
    """A formula or another piece of code."""
    return Markup(f"<code>{escape(text)}</code>")


def definition(e: Edition, i: int, root: str) -> tuple[Fact, ...]:
    """What an indicator is and how it is read."""
    id_ = e.report.indicators[i]
    one, words = e.site.indicators[id_], e.t["define"]
    family = e.to_family(e.report.families.index(one.family), root)
    facts = [
        Fact(words["formula"], code(one.formula) if one.formula else words["builtin"]),
        Fact(words["unit"], e.tongue.unit(one.unit).name),
        Fact(words["direction"], e.t["direction"][one.direction]),
        Fact(words["kind"], e.t["kind"][one.kind]),
        Fact(words["cadence"], e.t["cadence"][one.cadence]),
        Fact(words["across"], words["across_words"][one.across]),
        Fact(words["timing"], words["timing_words"]["leading" if one.leading else "lagging"]),
        *_bounds(e, i, one),
        Fact(words["comparability"], e.t["comparability"][one.comparability]),
        Fact(words["owner"], one.owner),
        Fact(words["family"], marks.anchor(family.text, family.href)),
        Fact(words["id"], code(id_)),
    ]
    return tuple(fact for fact in facts if fact.value)


def _bounds(e: Edition, i: int, one: Indicator) -> list[Fact]:
    words, say = e.t["define"], e.t["say"]
    facts = []
    if one.veto:
        facts.append(Fact(words["veto"], words["veto_words"]))
    if one.limit:
        limit = e.tongue.figure(one.limit.value, e.prose_column(i, [one.limit.value]))
        facts.append(Fact(words["limit"], say[f"limit_{one.limit.side}"].format(limit=limit), e.say(one.limit.source)))
    if one.sample:
        measure = e.site.measures.get(one.sample.measure)
        name = e.say(measure.name) if measure and measure.name else one.sample.measure
        facts.append(Fact(words["sample"], say["sample_least"].format(least=one.sample.least, measure=name)))
    if one.missing_when:
        reason = e.say(one.missing_when.reason)
        text = Markup(escape(say["missing_when"])).format(formula=code(one.missing_when.formula), reason=reason)
        facts.append(Fact(words["missing_when"], text))
    return facts


def versions(e: Edition, i: int) -> Table | None:
    """The versions of a definition, the newest first; nothing where there has only been one."""
    one = e.site.indicators[e.report.indicators[i]]
    if len(one.definitions) < 2:
        return None
    answer = e.t["answer"]
    rows = [
        (
            str(version.version),
            e.tongue.period(version.valid_from),
            code(version.formula or one.formula or ""),
            answer["yes" if version.comparable else "no"],
            e.say(version.reason),
        )
        for version in sorted(one.definitions, key=lambda version: -version.valid_from.number)
    ]
    heads = tuple(e.head(key) for key in ("version", "valid_from", "formula", "comparable", "reason"))
    return marks.table("definition-versions", e.t["indicator"]["versions"], heads, rows)


def measures(e: Edition, i: int) -> Table | None:
    """The measures that a formula, or one of its versions, uses, with their expressions over the data."""
    names = measures_behind(e.site, e.site.indicators[e.report.indicators[i]])
    if not names:
        return None
    rows = []
    for name in names:
        measure = e.site.measures[name]
        source = e.site.sources[measure.source]
        # The sum of a column of its own name needs no quotes for readers.
        plain = f"{'median' if measure.kind == 'duration' else 'sum'}({name})"
        default = plain if source.value is None else sql_of(name, measure, source)
        rows.append(
            (
                code(name),
                e.say(measure.name),
                code(measure.sql or default),
                e.tongue.unit(measure.unit).name,
                e.t["kind"][measure.kind],
                e.say(source.name) or measure.source,
            )
        )
    heads = tuple(e.head(key) for key in ("measure", "name", "sql", "unit", "kind", "source"))
    return marks.table("measures", e.t["indicator"]["measures"], heads, rows)


def benchmarks(e: Edition, i: int) -> Table | None:
    """What is known from outside, with its source and whether anyone has verified it."""
    found = e.site.indicators[e.report.indicators[i]].benchmarks
    if not found:
        return None
    answer = e.t["answer"]
    rows = [(e.say(one.value), e.say(one.source), answer["yes" if one.verified else "no"]) for one in found]
    heads = tuple(e.head(key) for key in ("benchmark", "source", "verified"))
    return marks.table("benchmarks", e.t["indicator"]["benchmarks"], heads, rows)
