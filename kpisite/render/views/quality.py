"""The page of data quality: is what the figures stand on complete, in time, in line with the ledger, and stable?"""

from collections.abc import Iterator

from kpisite.evaluate.signing import signed_products
from kpisite.evaluate.soundness import OutOfBounds, Punctuality, Share, SourceQuality, soundness, summary
from kpisite.evaluate.tell import owner_of
from kpisite.load.facts import FileFact
from kpisite.measure.quality import ControlFact
from kpisite.periods import Period
from kpisite.render import marks
from kpisite.render.edition import Edition, root_of
from kpisite.render.pages import DataQuality
from kpisite.render.parts import Fact, Folded, Head, Link, Table
from kpisite.render.told import exact, period_text
from kpisite.render.views.definition import code

PATH = "data-quality/index.html"
SUMMARY = ("delivered", "in_time", "controls", "restated")
# The newest control totals; the others are in the data.
CONTROLS = 12


def data_quality(e: Edition) -> DataQuality:
    """Everything that is known about the data of this report."""
    root, words = root_of(PATH), e.t["quality"]
    found = soundness(e.report)
    shares = summary(found)
    failed = found.controls_in("failed")
    lead = words["lead"].format(
        delivered=_of(e, shares["delivered"]),
        period=e.tongue.period(e.report.period),
        failed=e.tongue.number(failed, 0),
    )
    return DataQuality(
        **e.frame(PATH, title=words["title"], lead=lead, section="data_quality"),
        summary=tuple(Fact(words[key], _of(e, shares[key]), words[f"{key}_note"]) for key in SUMMARY),
        complete=_matrix(e, found.months, found.sources),
        products=_products(e, root),
        punctual=_punctual(e, found.sources),
        controls=_controls(e, found.controls[-CONTROLS:]),
        bounds=_bounds(e, found.bounds),
        files=_files(e),
        repairs=_repairs(e),
        left_out=_left_out(e),
        principles=_principles(e, root),
        downloads=(
            Link(words["download"], f"{root}../data/quality.json"),
            Link(e.t["say"]["all_data"], f"{root}../data/results.csv"),
        ),
    )


def _of(e: Edition, share: Share) -> str:
    """So many of so many, and the share in percent."""
    if share.ratio is None:
        return str(e.t["quality"]["nothing"])
    words: str = e.t["quality"]["of"]
    number = e.tongue.number
    return words.format(part=number(share.part, 0), whole=number(share.whole, 0), share=e.percent(share.ratio, 1))


def _name(e: Edition, source: str) -> str:
    declared = e.site.sources.get(source)
    return (e.say(declared.name) if declared else "") or source


def _matrix(e: Edition, months: tuple[Period, ...], sources: tuple[SourceQuality, ...]) -> Table | None:
    """Sources by months: the share of the cells due that were delivered; gaps are counted beside it."""
    if not sources:
        return None
    words = e.t["quality"]
    heads = (e.head("period"), *(Head(_name(e, one.source), "num") for one in sources))
    labels = [e.tongue.period(month) for month in months]
    rows = [(label, *(_cell(e, one.complete[t]) for one in sources)) for t, label in reversed(list(enumerate(labels)))]
    return marks.table("completeness", words["complete"], heads, rows, note=words["complete_note"])


def _cell(e: Edition, share: Share) -> str:
    if share.ratio is None:
        return str(e.t["say"]["nothing"])
    gap = share.whole - share.part
    text = e.percent(share.ratio, 1)
    return text if not gap else str(e.t["quality"]["gap"]).format(share=text, n=e.tongue.number(gap, 0))


def _products(e: Edition, root: str) -> Table:
    words, rows = e.t["quality"], []
    for one in soundness(e.report).products:
        s = e.report.subject(one.product)
        link = e.to_subject(s, root)
        gaps = [e.report.indicators.index(id_) for id_ in one.missing]
        missing = [Link(e.indicators[i], e.to_figure(s, i, root)) for i in gaps]
        number = e.tongue.number
        ratio = one.delivered.ratio
        rows.append(
            (
                marks.anchor(link.text, link.href),
                number(one.delivered.whole, 0),
                number(one.delivered.part, 0),
                "" if ratio is None else e.percent(ratio, 1),
                marks.anchors(missing, e.t["say"]["list_join"]),
            )
        )
    heads = (
        e.head("product"),
        Head(words["due"], "num"),
        Head(words["received"], "num"),
        Head(words["share"], "num"),
        Head(words["missing"]),
    )
    return marks.table("by-product", words["products"], heads, rows, note=words["products_note"])


def _punctual(e: Edition, sources: tuple[SourceQuality, ...]) -> Table | None:
    words = e.t["quality"]
    rows = [(_name(e, one.source), *_days(e, one)) for one in sources if one.punctual]
    if not rows:
        return None
    keys = ("deadline", "on_time", "late", "not_there", "open", "year", "latest", "again")
    kinds = ("", "num", "num", "num", "num", "num", "", "num")
    heads = (e.head("source"), *(Head(words[key], kind) for key, kind in zip(keys, kinds, strict=True)))
    return marks.table("timeliness", words["punctual"], heads, rows, note=words["punctual_note"])


def _days(e: Edition, one: SourceQuality) -> Iterator[str]:
    now, number = one.punctual[-1], e.tongue.number
    yield e.tongue.date(now.due) if now.due else e.t["quality"]["no_due"]
    for count in (now.on_time, now.late, now.missing, now.open):
        yield number(count, 0)
    yield _of(e, _year(one.punctual))
    yield e.tongue.date(one.latest) if one.latest else e.t["quality"]["no_days"]
    yield _of(e, one.restated)


def _year(months: tuple[Punctuality, ...]) -> Share:
    """In time over all shown months."""
    asked = sum(one.on_time + one.late + one.missing for one in months if one.due)
    return Share(sum(one.on_time for one in months if one.due), asked)


def _controls(e: Edition, facts: tuple[ControlFact, ...]) -> Table | None:
    if not facts:
        return None
    words = e.t["quality"]
    rows = [
        (
            e.say(e.site.controls[fact.control].name) or fact.control,
            code(e.site.controls[fact.control].measure),
            period_text(e, fact.period),
            e.t["say"]["missing"] if fact.sum is None else exact(e, fact.sum),
            exact(e, fact.total),
            "" if fact.difference is None else exact(e, fact.difference),
            exact(e, fact.tolerance),
            words["control_state"][fact.state],
        )
        for fact in reversed(facts)
    ]
    heads = (
        Head(words["control"]),
        e.head("measure"),
        e.head("period"),
        Head(words["sum"], "num"),
        Head(words["total"], "num"),
        Head(words["difference"], "num"),
        Head(words["tolerance"], "num"),
        Head(words["result"]),
    )
    return marks.table("controls", words["controls_table"], heads, rows, note=words["controls_table_note"])


def _bounds(e: Edition, found: tuple[OutOfBounds, ...]) -> Table | None:
    if not found:
        return None
    rows = []
    for one in reversed(found):
        i = e.report.indicators.index(one.indicator)
        low, high = (e.t["say"]["nothing"] if end is None else exact(e, end) for end in (one.low, one.high))
        rows.append(
            (
                e.subjects[e.report.subject(one.product)],
                e.indicators[i],
                period_text(e, one.period),
                e.tongue.figure(one.value, e.plain_columns[i]),
                e.tongue.span(low, high),
            )
        )
    words = e.t["quality"]
    heads = (e.head("product"), e.head("indicator"), e.head("period"), e.head("value", "num"), Head(words["natural"]))
    return marks.table("bounds", words["bounds"], heads, rows)


# ------------------------------------------------------------------------------------------------ files


def _each_file(e: Edition) -> Iterator[tuple[str, FileFact]]:
    for fact in e.report.sources:
        for file in fact.files:
            yield _name(e, fact.source), file


def _files(e: Edition) -> Table | None:
    words, number = e.t["quality"], e.tongue.number
    rows = [
        (
            code(file.path),
            name,
            number(file.rows, 0),
            number(file.size, 0),
            code(file.encoding or file.format),
            period_text(e, file.newest) if file.newest else "",
            code(file.sha256),
        )
        for name, file in _each_file(e)
    ]
    if not rows:
        return None
    explain = e.t["explain"]
    heads = (
        e.head("files"),
        e.head("source"),
        e.head("rows", "num"),
        Head(explain["bytes"], "num"),
        Head(explain["encoding"]),
        Head(words["newest"]),
        e.head("hash"),
    )
    return marks.table("files", words["files"], heads, rows)


def _repairs(e: Edition) -> Folded | None:
    words = e.t["quality"]
    rows = [
        (code(file.path), words["fix"][fix.kind], e.tongue.number(fix.count, 0))
        for _, file in _each_file(e)
        for fix in file.fixes
    ]
    heads = (e.head("files"), Head(words["repair"]), Head(words["count"], "num"))
    return Folded(words["repairs"], marks.table("repairs", words["repairs"], heads, rows)) if rows else None


def _left_out(e: Edition) -> Folded | None:
    words = e.t["quality"]
    rows = [
        (
            code(file.path),
            words["left"][one.reason],
            one.label,
            e.tongue.number(one.rows, 0),
            e.listed(str(line) for line in one.lines if line),
        )
        for _, file in _each_file(e)
        for one in file.left_out
    ]
    heads = (
        e.head("files"),
        Head(words["why"]),
        Head(words["label"]),
        e.head("rows", "num"),
        Head(words["first_lines"]),
    )
    return Folded(words["left_out"], marks.table("left-out", words["left_out"], heads, rows)) if rows else None


def _principles(e: Edition, root: str) -> Table:
    words, counts = e.t["quality"], _owned(e) | _signed(e)
    rows = [
        (one["id"], one["name"], one["here"].format(**counts), marks.anchor(one["page"], f"{root}{one['href']}"))
        for one in words["bcbs"]
    ]
    heads = (Head(words["principle"]), e.head("name"), Head(words["here"]), Head(words["where"]))
    return marks.table("bcbs", words["principles"], heads, rows, note=words["principles_note"])


def _owned(e: Edition) -> dict[str, int]:
    """Of how many an owner is named: a target's is its own, or that of its product or indicator."""
    owners = {
        "indicators": [e.site.indicators[id_].owner for id_ in e.report.indicators],
        "sources": [source.owner for source in e.site.sources.values()],
        "targets": [owner_of(e.report, s, i) for s in e.board.products for i in e.board.keys[s]],
    }
    named = {f"{what}_owned": sum(bool(owner) for owner in found) for what, found in owners.items()}
    return named | {what: len(found) for what, found in owners.items()}


def _signed(e: Edition) -> dict[str, int]:
    """How many products of this version are signed, of how many."""
    signed, products = signed_products(e.report, e.report.version, e.report.period)
    return {"signed": signed, "products": products}
