"""The versions of the site."""

import math
from collections.abc import Sequence

from kpisite.evaluate.report import Report
from kpisite.periods import Grain
from kpisite.render import marks
from kpisite.render.edition import Edition, root_of
from kpisite.render.pages import History
from kpisite.render.parts import Table
from kpisite.render.views.changes import before, changes_path
from kpisite.render.views.restated import restatement_log
from kpisite.render.views.signed import signed_text


def history(e: Edition, reports: Sequence[Report]) -> History:
    """Every version with its composite, the newest first, and the months of this one."""
    path, words = "history/index.html", e.t["history"]
    lead = words["lead"].format(count=len(reports), newest=reports[-1].version)
    return History(
        **e.frame(path, title=words["title"], lead=lead, section="history"),
        table=_versions(e, reports, root_of(path)),
        restatements=restatement_log(e, root_of(path)),
        bank=_bank(e),
    )


def _versions(e: Edition, reports: Sequence[Report], root: str) -> Table:
    rows = [_version(e, reports, n, root) for n in reversed(range(len(reports)))]
    heads = (
        e.head("version"),
        e.head("title"),
        e.head("period"),
        e.head("as_of"),
        e.head("score", "num"),
        e.head("status", "status"),
        *(e.head(key, "num") for key in ("green", "amber", "red", "grey")),
        e.head("signed"),
        e.head("changed"),
    )
    return marks.table_of_columns(
        "versions", e.t["history"]["caption"], *marks.filled(heads, list(zip(*rows, strict=True)))
    )


def _version(e: Edition, reports: Sequence[Report], n: int, root: str) -> list[str]:
    words, report = e.t["ui"], reports[n]
    languages = report.site.site.languages
    language = e.lang if e.lang in languages else languages[0]
    name = marks.anchor(report.version, f"{root}../../{report.version}/{language}/index.html")
    kind = words["frozen"] if report.frozen else words["working"]
    if report.version == e.report.version:
        kind = e.t["history"]["this"]
    title = report.site.report.title.in_(e.lang) or report.title
    row = [
        name,
        e.t["say"]["head_unit"].format(text=title, unit=kind),
        e.tongue.period(report.period),
        e.tongue.date(report.as_of),
    ]
    changed = ""
    earlier = before(report, reports)
    if earlier is not None:
        href = f"{root}../../{report.version}/{language}/{changes_path(earlier, report)}"
        changed = marks.anchor(e.t["changes"]["link"].format(before=earlier.version), href)
    signed = "" if report.version != report.site.report.version else signed_text(e, report)
    bank = next((s for s, subject in enumerate(report.subjects) if subject.level == "bank"), None)
    if bank is None:
        return [*row, "", "", "", "", "", "", signed, changed]
    scores, now, c = report.scores[Grain.MONTH], report.now(), len(report.families)
    counts = e.counts(scores.counts[bank, c, now].tolist())
    mark = e.mark(int(scores.status[bank, c, now]))
    numbers = [count.number for count in counts]
    return [*row, e.composite(float(scores.score[bank, c, now])), mark, *numbers, signed, changed]


def _bank(e: Edition) -> Table | None:
    """The composite of the whole house by month, the newest first."""
    if e.board.bank is None:
        return None
    scores, c, s = e.board.scores, e.board.composite, e.board.bank
    rows = []
    for t in reversed(range(len(e.month_labels))):
        score, coverage = float(scores.score[s, c, t]), float(scores.coverage[s, c, t])
        rows.append(
            [
                e.month_labels[t],
                e.composite(score),
                e.mark(int(scores.status[s, c, t])),
                "" if math.isnan(coverage) else e.percent(coverage),
                *(count.number for count in e.counts(scores.counts[s, c, t].tolist())),
            ]
        )
    heads = (
        e.head("period"),
        e.head("score", "num"),
        e.head("status", "status"),
        e.head("coverage", "num"),
        *(e.head(key, "num") for key in ("green", "amber", "red", "grey")),
    )
    return marks.table("months", e.t["history"]["bank"], heads, rows)
