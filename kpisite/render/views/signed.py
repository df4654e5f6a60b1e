"""Who signed what: on a scorecard, of the whole house, of each version, and what nobody signed in time."""

from functools import partial

from kpisite.evaluate.report import Report
from kpisite.evaluate.signing import WORKING_DAYS, Unsigned, signed_products, signing, unsigned
from kpisite.render import marks
from kpisite.render.edition import Edition
from kpisite.render.parts import Fact, Table


def product_signed(e: Edition, s: int) -> Fact:
    """Who signed; signatures that do not suffice yet stand behind the words for that, with the day they were due."""
    words, id_ = e.t["of_product"], e.report.subjects[s].id
    found = signing(e.report, id_)
    names = e.listed(
        words["signed_by"].format(person=one.person, role=one.role, day=e.tongue.date(one.on.isoformat()))
        for one in found.reviews
    )
    if found.whole:
        return Fact(words["signed"], names)
    late = next((one for one in overdue(e) if one.product == id_), None)
    text = words["not_signed"] if late is None else words["overdue"].format(due=e.tongue.date(late.due.isoformat()))
    return Fact(words["signed"], text, names)


def house_signed(e: Edition) -> tuple[Fact, ...]:
    """How many products are signed, and which are overdue; nothing where nobody ever signs."""
    if not e.site.reviews:
        return ()
    late = overdue(e)
    words = e.t["of_completeness"]
    note = ""
    if late:
        names = e.listed(e.subjects[e.report.subject(one.product)] for one in late)
        note = words["overdue"].format(due=e.tongue.date(late[0].due.isoformat()), names=names)
    return (Fact(words["signed"], signed_text(e, e.report), note),)


def signed_text(e: Edition, report: Report) -> str:
    """How many products of a version are signed, as far as this edition knows; nothing where nobody ever signs."""
    if not e.site.reviews or report.as_of > e.report.as_of:
        return ""
    signed, total = signed_products(e.report, report.version, report.period)
    return str(e.t["of_completeness"]["signed_products"].format(signed=signed, total=total))


def unsigned_table(e: Edition, root: str) -> Table | None:
    """The parts of this version that nobody signed in time, with who is to and how long it has taken."""
    late, words = overdue(e), e.t["unsigned"]
    if not late:
        return None
    rows = []
    for one in late:
        product = e.to_subject(e.report.subject(one.product), root)
        names = e.listed(review.person for review in signing(e.report, one.product).reviews)
        due = e.tongue.date(one.due.isoformat())
        rows.append(
            [marks.anchor(product.text, product.href), one.owner, due, str(one.days), names or words["nobody"]]
        )  # fmt: skip
    heads = (
        e.head("product"), e.head("owner"), e.head("due", "when"), e.head("working_days", "num"), e.head("signed_by"),
    )  # fmt: skip
    return marks.table("unsigned", words["title"], heads, rows, note=words["note"].format(days=WORKING_DAYS))


def overdue(e: Edition) -> tuple[Unsigned, ...]:
    """The parts of this version that were due by the report's day and are not signed."""
    return e.fact(("unsigned",), partial(_overdue, e.report))


def _overdue(report: Report) -> tuple[Unsigned, ...]:
    return tuple(unsigned(report))
