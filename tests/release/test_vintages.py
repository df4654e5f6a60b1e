"""Figures that were changed after they had been published: what they read at first, and why they were changed."""

from dataclasses import replace

import pytest

from kpisite.declare.model import RestatementNote
from kpisite.declare.read import read_site
from kpisite.errors import Problems
from kpisite.periods import month
from kpisite.release.snapshot import content_hash, freeze, thaw
from kpisite.release.store import read_releases
from kpisite.release.vintages import doubt_restatements, explained, published, restatements
from tests.conftest import ROOT
from tests.factories import a_report, a_site, an_indicator

NOTE = {
    "product": "card", "indicators": ["it"], "from": "2025-10", "to": "2025-11", "on": "2025-12-20",
    "reason": {"zh": "重新分类", "en": "reclassified"},
}  # fmt: skip


def reports(*values, decimals=1, tolerance=4, notes=(), **indicator):
    """One report after the other on these values of one figure."""
    found = []
    for number, given in enumerate(values):
        site = a_site(
            {"card": {"key": {"it": {"weight": 100, "target": 10, "tolerance": tolerance}}}},
            {"it": an_indicator(decimals=decimals, **indicator)},
            history=6, restatements=[NOTE] if notes else [],
        )  # fmt: skip
        day = f"2025-12-{10 + 10 * number}"
        found.append(a_report(site, {"card": {"it": given}}, as_of=day, version=f"v{number + 1}"))
    return found


def test_a_changed_month_is_told_with_both_values():
    (one,) = restatements(reports({"2025-10": 8.0, "": 9.0}, {"2025-10": 8.4, "": 9.0}))

    assert (one.product, one.indicator, one.period) == ("card", "it", month(2025, 10))
    assert (one.before_version, one.version, one.before, one.after) == ("v1", "v2", 8.0, 8.4)


def test_what_reads_the_same_was_not_restated():
    assert restatements(reports({"": 9.01}, {"": 9.04})) == ()


def test_a_late_figure_is_no_restatement_and_a_withdrawn_one_is():
    late = reports({"2025-10": "no-data", "": 9.0}, {"": 9.0})
    withdrawn = reports({"": 9.0}, {"2025-10": "no-data", "": 9.0})

    assert restatements(late) == ()
    assert [one.period.label for one in restatements(withdrawn)] == ["2025-10"]


@pytest.mark.parametrize(
    ("after", "material"),
    [(8.1, False), (8.9, False), (9.2, True), (10.0, True)],
)
def test_a_change_is_material_beyond_a_unit_and_a_quarter_of_the_tolerance_or_with_another_status(after, material):
    (one,) = restatements(reports({"2025-10": 8.0, "": 11.0}, {"2025-10": after, "": 11.0}))

    assert one.is_material is material


def test_first_and_latest_and_how_often():
    three = reports({"2025-10": 8.0, "": 9.0}, {"2025-10": 8.4, "": 9.0}, {"2025-10": 8.6, "": 9.0})
    (one,) = published(restatements(three))

    assert (one.first, one.first_version, one.latest, one.revisions) == (8.0, "v1", 8.6, 2)


def test_another_definition_is_no_restatement_of_data():
    before, after = reports({"": 8.0}, {"": 9.0})
    changed = after.site.indicators["it"].model_copy(update={"formula": "other"})
    after = replace(after, site=after.site.model_copy(update={"indicators": {"it": changed}}))

    assert {one.is_redefined for one in restatements([before, after])} == {True}
    assert not any(one.needs_reason for one in restatements([before, after]))


def test_the_log_gives_the_reason_for_its_months_and_its_delivery():
    made = reports({"": 8.0}, {"2025-09": 9.0, "2025-10": 9.0, "": 8.0}, notes=True)
    found = explained(restatements(made), made[-1].site)

    assert {one.period.label: one.reason.in_("en") for one in found} == {"2025-09": "", "2025-10": "reclassified"}


def test_a_reason_for_another_delivery_does_not_count():
    made = reports({"": 8.0}, {"": 8.0}, {"2025-10": 9.0, "": 8.0}, notes=True)

    assert [bool(one.reason) for one in explained(restatements(made), made[-1].site)] == [False]


def test_a_restatement_without_a_reason_is_a_warning_for_each_figure():
    made = reports({"": 8.0}, {"2025-09": 9.0, "2025-10": 9.0, "": 8.0})
    problems = Problems()

    doubt_restatements(restatements(made), made[-1].site, problems)

    (one,) = problems.warnings
    assert one.code == "restated"
    assert one.what == (
        "restated: 'it' of 'card' for 2025-09 to 2025-10 (2 months) in v2, the last from 8.0 to 9.0; no reason given"
    )


def test_a_restatement_with_its_reason_is_no_warning():
    made = reports({"": 8.0}, {"2025-10": 9.0, "": 8.0}, notes=True)
    problems = Problems()

    doubt_restatements(explained(restatements(made), made[-1].site), made[-1].site, problems)

    assert problems.found == []


def test_the_log_is_kept_by_a_release_and_is_said_about_it_not_by_it():
    bare, noted = reports({"": 8.0})[0], reports({"": 8.0})[0]
    note = RestatementNote.model_validate(NOTE)
    noted = replace(noted, site=noted.site.model_copy(update={"restatements": (note,)}))

    assert thaw(freeze(noted)).site.restatements == (note,)
    assert content_hash(noted) == content_hash(bare)


@pytest.fixture(scope="module")
def demo():
    return read_releases(ROOT / "releases")


def test_bad_loans_of_small_firms_were_published_too_low_in_two_versions_and_restated_in_the_third(demo):
    found = [one for one in restatements(demo) if (one.product, one.indicator) == ("sme-loan", "npl-ratio")]

    assert {one.version for one in found} == {"2025-11"}
    assert [one.period.label for one in found] == ["2025-06", "2025-07", "2025-08", "2025-09", "2025-10"]
    assert {round(one.after - one.before, 2) for one in found} == {0.21}
    assert (round(found[0].before, 2), round(found[0].after, 2)) == (1.42, 1.63)
    assert (found[0].before_status, found[0].after_status) == ("green", "amber")
    assert all(one.is_material for one in found)


def test_every_restatement_of_the_demo_has_its_reason(demo):
    # The log as it is now is said about all releases.
    found = explained(restatements(demo), read_site(ROOT / "site.yaml", Problems()))

    assert found
    assert not [one for one in found if one.needs_reason]
