"""How sound the data of a report are, in lines for the command line; and whether it was signed."""

from collections.abc import Sequence

from kpisite.errors import Place, Problem, Problems
from kpisite.evaluate.report import Report
from kpisite.evaluate.signing import unsigned
from kpisite.evaluate.soundness import Share, soundness, summary

WORDS = {
    "delivered": "figures due in {period} have arrived",
    "in_time": "products delivered {period} in time",
    "controls": "control totals are kept",
    "restated": "product months were delivered more than once",
}

# Labels that are named before the others are only counted.
MOST = 12


def notes(report: Report) -> tuple[Problem, ...]:
    """One line for each share, and one for each product with gaps; nothing that stops a build."""
    found = soundness(report)
    shares = {name: share for name, share in summary(found).items() if share.whole}
    lines = [
        _note(f"{_of(share)} {WORDS[name].format(period=report.period.label)}", f"quality-{name}")
        for name, share in shares.items()
    ]
    gaps = [one for one in found.products if one.missing]
    lines += [_note(f"{one.product} lacks {', '.join(one.missing)}", "quality-missing") for one in gaps]
    files = [file for source in report.sources for file in source.files]
    rows, left = sum(file.rows for file in files), sum(one.rows for file in files for one in file.left_out)
    lines.append(_note(f"{rows} rows were read from {len(files)} files, {left} of them do not count", "quality-files"))
    unasked: dict[str, int] = {}
    for file in files:
        for one in file.left_out:
            if one.reason == "unknown-measure":
                unasked[one.label] = unasked.get(one.label, 0) + one.rows
    if unasked:
        named = ", ".join(f"'{label}'" for label in sorted(unasked)[:MOST] if label)
        more = f" and {len(unasked) - MOST} more" if len(unasked) > MOST else ""
        what = f"{sum(unasked.values())} rows do not count because no measure asks for their label: {named}{more}"
        lines.append(_note(what, "quality-unasked"))
    if found.bounds:
        what = f"{len(found.bounds)} figures lie outside the natural bounds of their indicators"
        lines.append(_note(what, "quality-bounds"))
    return tuple(lines)


def doubt_signatures(report: Report, reports: Sequence[Report], problems: Problems) -> None:
    """Warn of the parts of released versions, and of the working one, that were not signed in time."""
    site = report.site
    versions = [(one.version, one.period) for one in reports if one.frozen or one.version == report.version]
    for one in unsigned(report, versions):
        what = f"'{one.product}' in version {one.version} was to be signed by {one.due} and is not, after {one.days}"
        hint = f"Owner: {one.owner or 'none named'}; somebody else has to sign, under 'reviews'."
        problems.warn(site.place("products", one.product), f"{what} working days", hint, "unsigned")


def doubt_reviews(report: Report, reports: Sequence[Report], problems: Problems) -> None:
    """Warn of reviews of versions that there are not, once each."""
    versions = dict.fromkeys([*(one.version for one in reports if one.frozen), report.version])
    told: set[str] = set()
    for number, review in enumerate(report.site.reviews):
        if review.release not in versions and review.release not in told:
            told.add(review.release)
            what = f"there is no version '{review.release}' that could have been reviewed"
            place = report.site.place("reviews", number, "release")
            # Every month is much like every other, so that the nearest name would be a guess.
            problems.warn(place, what, f"Known: {', '.join(versions)}.", "unknown-release")


def _of(share: Share) -> str:
    return f"{share.part} of {share.whole}"


def _note(what: str, code: str) -> Problem:
    return Problem(Place("data"), what, "", code, "info")
