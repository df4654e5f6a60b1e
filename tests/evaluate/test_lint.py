"""Every rule of lint finds what it is for, and lets alone what is fine."""

import numpy as np
import pytest

from kpisite.evaluate.lint import lint, lint_product, problems_of
from kpisite.evaluate.lint_figures import moving_range, rank_correlation
from kpisite.evaluate.lint_rules import BY_ID, RULES
from tests.factories import a_report, a_site, an_indicator

FAMILIES = ("customer-satisfaction", "risk", "growth", "loyalty", "profit")
GOOD = {
    "weight": 20,
    "target": 90,
    "tolerance": 10,
    "by": "2025-12",
    "baseline": {"period": "2024-12", "value": 85},
    "owner": "Li",
}
# Two years of values that swing by a unit or two: calm, and no two alike.
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
SWINGS = np.random.default_rng(7).integers(-10, 11, (12, len(MONTHS))) / 10


def series(n, level=87.0):
    return {label: level + swing for label, swing in zip(MONTHS, SWINGS[n].tolist(), strict=True)}


def indicators(count=5, **more):
    base = {"meaning": "What it means", "leading": True}
    return {f"i-{n}": an_indicator(FAMILIES[n % 5], **base | more.get(f"i_{n}", {})) for n in range(count)}


def a_good_site(target=None, *, change=None, product=None, declared=None, drop=(), **more):
    """A site without any finding; `target` changes the target of i-0, `declared` the indicator i-0."""
    own = indicators(i_0=declared or {})
    keys = {id_: dict(GOOD) for id_ in own}
    first = {key: value for key, value in (GOOD | (target or {})).items() if key not in drop}
    keys["i-0"] = first if change is None else [first, change]
    return a_site({"card": {"key": keys} | (product or {})}, own, history=24, **more)


def values(**changed):
    return {"card": {f"i-{n}": series(n) for n in range(5)} | {k.replace("_", "-"): v for k, v in changed.items()}}


def told(site, given=None, releases=()):
    """Rule, level and kind of everything that is open."""
    found = lint(a_report(site, given or values()), releases)
    return [(one.rule, one.level, one.kind) for one in found if not one.accepted]


def test_a_good_site_has_no_findings():
    assert told(a_good_site()) == []


def test_one_product_alone_gives_what_the_whole_site_says_of_it():
    keys = {id_: GOOD | {"weight": 40, "owner": ""} for id_ in indicators()}
    ignore = {"ignore": [{"rule": "T-S1", "where": "loan", "reason": "Nobody yet"}]}
    site = a_site({"card": {"key": keys}, "loan": {"key": keys}}, indicators(), history=24, lint=ignore)
    report = a_report(site, values() | {"loan": values()["card"]})

    of_loan = [one for one in lint(report) if one.product == "loan"]

    assert [one for one in lint_product(report, "loan") if one.product == "loan"] == of_loan
    assert {one.accepted for one in of_loan if one.rule == "T-S1"} == {"Nobody yet"}


# What changing a target also does to weights, noise, status and reach.
BESIDE = ("K-2", "T-M3", "T-R2", "T-A2")
DECLARED = [
    ("T-S1", "error", "no-owner", {"owner": ""}, {}),
    ("T-S1", "warning", "no-meaning", {}, {"meaning": ""}),
    ("T-S2", "warning", "vague", {"rationale": {"zh": "尽量做好", "en": "Do well"}}, {}),
    ("T-S2", "warning", "vague", {"rationale": "Improve it"}, {}),
    ("T-M2", "warning", "fine", {"target": 90.125}, {}),
    ("T-M2", "warning", "narrow", {"tolerance": 0.004, "rationale": "Held at 90"}, {}),
    ("T-A1", "error", "outside", {"target": 101}, {"bounds": [0, 100]}),
    ("T-R1", "error", "over-limit", {"target": 90}, {"limit": {"value": 92, "side": "min"}}),
    ("T-R1", "warning", "step-back", {"baseline": {"period": "2024-12", "value": 95}}, {}),
    ("T-R2", "warning", "weightless", {"weight": 0}, {}),
    ("T-T1", "error", "before-approval", {"approved_on": "2026-01-02"}, {}),
    ("T-T1", "warning", "far", {"by": "2027-12"}, {}),
    ("T-T1", "warning", "past", {"by": "2025-06"}, {}),
    ("T-T1", "warning", "no-period-end", {"by": "2026-02"}, {"cadence": "quarter"}),
]


@pytest.mark.parametrize(
    ("rule", "level", "kind", "target", "declared"), DECLARED, ids=lambda x: x if isinstance(x, str) else ""
)
def test_a_target_that_is_not_smart_is_found(rule, level, kind, target, declared):
    found = told(a_good_site(target, declared=declared))

    assert (rule, level, kind) in found
    assert {one[0] for one in found} - {rule, *BESIDE} == set()


def test_a_target_without_a_month_is_never_missed():
    assert ("T-T1", "warning", "no-month") in told(a_good_site(drop=("by",)))
    table = {"values": {"2025-11": 89, "2025-12": 90}, "path": "table"}
    assert told(a_good_site(table, drop=("by", "baseline", "target"))) == []


def test_a_past_target_with_a_successor_is_fine():
    site = a_good_site({"by": "2025-06"}, change=GOOD | {"from": "2025-07"})

    assert told(site) == []


def test_a_vague_word_beside_a_number_is_no_doubt():
    assert told(a_good_site({"rationale": "Improve by 2 points on 2024"})) == []


def test_a_step_back_with_a_rationale_is_fine():
    assert told(a_good_site({"baseline": {"period": "2024-12", "value": 95}, "rationale": "Fees fall"})) == []


# ------------------------------------------------------------------------------------------------ figures


def test_a_figure_that_was_not_delivered_twice_is_found():
    gone = series(0) | {"2025-11": "no-data", "2025-12": "no-data"}

    assert ("T-M1", "error", "no-value") in told(a_good_site(), values(i_0=gone))


def test_a_figure_without_meaning_or_late_by_one_month_is_not():
    late, senseless = series(0) | {"2025-12": "no-data"}, dict.fromkeys(MONTHS, "no-meaning")

    assert told(a_good_site(), values(i_0=late)) == []
    assert told(a_good_site(), values(i_0=senseless)) == []


def test_a_tolerance_below_half_of_the_mean_change_is_found():
    swinging = {label: 87.0 + (10 if n % 2 else 0) for n, label in enumerate(MONTHS)}

    assert ("T-M3", "warning", "noise") in told(a_good_site({"tolerance": 4.9}), values(i_0=swinging))
    assert ("T-M3", "warning", "noise") not in told(a_good_site({"tolerance": 5}), values(i_0=swinging))


@pytest.mark.parametrize(("tolerance", "is_narrow"), [(120, False), (96, True)])
def test_the_noise_of_quarters_is_compared_with_the_tolerance_of_a_quarter(tolerance, is_narrow):
    site = a_good_site(
        {"target": 1200, "tolerance": tolerance, "basis": "year", "profile": [1] * 12},
        declared={"cadence": "quarter", "kind": "flow", "unit": "count", "decimals": 0},
        drop=("baseline",),
    )
    # Quarters change by 50; half of that is 25, and a quarter's part of the tolerance 30 or 24.
    quarters = {label: 280.0 + 50 * (n % 2) for n, label in enumerate(MONTHS[2::3])} | {"": "not-due"}
    found = lint(a_report(site, values(i_0=quarters), accumulates=["i-0"]), ())

    assert any(one.rule == "T-M3" for one in found) is is_narrow


def test_a_target_beyond_what_such_a_time_has_brought_needs_a_rationale():
    far = {"target": 95, "by": "2026-03"}

    assert ("T-A2", "warning", "stretch") in told(a_good_site(far))
    assert told(a_good_site(far | {"rationale": "A new process from January on"})) == []


def test_a_target_that_asks_for_what_never_happened_is_found():
    falling = {label: 87.0 - n for n, label in enumerate(MONTHS)}

    assert ("T-A2", "warning", "unheard") in told(a_good_site({"by": "2026-03"}), values(i_0=falling))


def test_a_target_with_hardly_any_chance_is_found():
    """It rose for a year and has fallen since: such gains were made, but the forecast goes the other way."""
    arc = {label: 90.0 - abs(n - 11) for n, label in enumerate(MONTHS)}
    target = {"target": 81, "baseline": {"period": "2024-12", "value": 78}, "tolerance": 20, "by": "2026-04"}

    assert told(a_good_site(target), values(i_0=arc)) == [("T-A2", "warning", "unlikely")]


def test_a_target_that_was_met_when_it_was_agreed_is_found():
    before = series(0) | {"2024-12": 100.0}

    assert ("T-A3", "warning", "met-before") in told(a_good_site(), values(i_0=before))
    approved = {"approved_on": "2025-01-15"}
    assert ("T-A3", "warning", "met-before") in told(a_good_site(approved, drop=("baseline",)), values(i_0=before))


def test_a_target_that_was_met_six_times_in_a_row_by_a_tolerance_is_found():
    six = series(0) | dict.fromkeys(MONTHS[-6:], 100.0)
    five = series(0) | dict.fromkeys(MONTHS[-5:], 100.0)

    assert ("T-A3", "warning", "met-long") in told(a_good_site(), values(i_0=six))
    assert ("T-A3", "warning", "met-long") not in told(a_good_site(), values(i_0=five))


PLAN = {"title": "Plan", "product": "card", "indicators": ["i-0"], "owner": "Li", "opened": "2025-06-01"}


def test_a_figure_that_stays_red_needs_an_open_plan():
    red = series(0) | {"2025-11": 70.0, "2025-12": 70.0}
    finding = ("T-R2", "warning", "red-without-plan")

    assert finding in told(a_good_site(), values(i_0=red))
    assert finding not in told(a_good_site(plans={"p-1": PLAN}), values(i_0=red))
    assert finding in told(a_good_site(plans={"p-1": PLAN | {"closed": "2025-10-01"}}), values(i_0=red))
    assert finding not in told(a_good_site(), values(i_0=red | {"2025-11": 87.0}))


def test_two_indicators_that_move_as_one_are_found():
    twin = {label: value * 2 - 80 for label, value in series(1).items()}

    assert ("K-5", "info", "twins") in told(a_good_site(), values(i_0=twin))


def test_the_moving_range_has_no_change_across_a_gap():
    line = np.array([1.0, 2, 4, np.nan, 100, 101, 103, 104, 106])

    assert moving_range(line) == pytest.approx((1 + 2 + 1 + 2 + 1 + 2) / 6)
    assert np.isnan(moving_range(line[:7]))


def test_ranks_are_correlated_as_pandas_does_it():
    import pandas as pd

    one, two = SWINGS[0], SWINGS[0] + SWINGS[1] / 3
    ranks = pd.DataFrame({"one": one, "two": two}).rank()

    assert rank_correlation(one, two) == pytest.approx(ranks["one"].corr(ranks["two"]))
    assert rank_correlation(one[:11], two[:11]) == 0


# ------------------------------------------------------------------------------------------------ choice of keys


def a_choice(weights, families=None, leading=None):
    """A product with key indicators of these weights; families and leading by their positions."""
    own = {
        f"i-{n}": an_indicator(
            (families or FAMILIES)[n % len(families or FAMILIES)], meaning="m", leading=(leading or [True] * 99)[n]
        )
        for n in range(len(weights))
    }
    keys = {id_: GOOD | {"weight": weight} for id_, weight in zip(own, weights, strict=True)}
    return a_site({"card": {"key": keys}}, own, history=24)


def chosen(site):
    report = a_report(site, {"card": {f"i-{n}": series(n % 12) for n in range(12)}})
    return [(one.level, one.kind) for one in lint(report) if one.rule.startswith("K") and one.rule != "K-5"]


@pytest.mark.parametrize(
    ("count", "level"), [(4, "warning"), (5, None), (12, None), (13, "warning"), (15, "warning"), (16, "error")]
)
def test_five_to_twelve_key_indicators_are_fine(count, level):
    found = {kind: level for level, kind in chosen(a_choice([100 / count] * count))}

    assert found.get("count") == level


def test_a_weight_below_three_or_above_thirty_is_found():
    assert chosen(a_choice([2, 30, 31, 20, 17])).count(("warning", "weight")) == 2
    assert chosen(a_choice([3, 30, 30, 20, 17])) == []


def test_a_family_with_nearly_half_of_the_weight_is_found():
    six = (*FAMILIES, "customer-satisfaction")

    assert ("warning", "heavy") in chosen(a_choice([26, 18, 14, 12, 10, 20], six))
    assert chosen(a_choice([25, 18, 15, 12, 10, 20], six)) == []


def test_a_side_that_is_left_out_is_found():
    own = {f"i-{n}": an_indicator(FAMILIES[n], meaning="m", leading=True) for n in range(5)}
    keys = {f"i-{n}": GOOD | {"weight": 25} for n in (0, 2, 3, 4)} | {}
    site = a_site({"card": {"key": keys, "monitor": ["i-1"]}}, own, history=24)

    assert [one.facts["family"] for one in lint(a_report(site, {})) if one.kind == "side"] == ["risk"]


def test_three_in_ten_key_indicators_are_leading():
    two, three = [n < 2 for n in range(10)], [n < 3 for n in range(10)]

    assert ("warning", "leading") in chosen(a_choice([10] * 10, leading=two))
    assert chosen(a_choice([10] * 10, leading=three)) == []


# ------------------------------------------------------------------------------------------------ definitions


def test_measures_and_params_that_nobody_uses_are_found():
    more = {
        "measures": {
            name: {"source": "monthly", "kind": "flow", "unit": "count"} for name in ("total", "answers", "spare")
        },
        "sources": {"monthly": {"file": "data/*.csv"}},
        "params": {"rate": 2.0},
    }
    site = a_good_site(declared={"sample": {"measure": "answers", "least": 1}}, **more)

    found = [one for one in lint(a_report(site, values())) if one.rule == "D-1"]

    assert [one.facts["name"] for one in found] == ["spare", "rate"]


def released(site, given=None):
    return [a_report(site, given or values(), version="2025-12")]


def test_a_formula_that_changes_needs_a_new_version():
    changed = {"formula": "total * 2"}
    versions = [{"version": 1, "valid_from": "2024-01", "formula": "total"}, {"version": 2, "valid_from": "2026-01"}]

    assert ("D-2", "error", "formula") in told(a_good_site(declared=changed), releases=released(a_good_site()))
    assert told(a_good_site(declared=changed | {"definitions": versions}), releases=released(a_good_site())) == []
    assert told(a_good_site(declared={"formula": "total  "}), releases=released(a_good_site())) == []


@pytest.mark.parametrize("target", [{"target": 89}, {"weight": 21}])
def test_a_published_target_or_weight_stands(target):
    found = told(a_good_site(target), releases=released(a_good_site()))

    assert ("D-3", "error", "moved") in found


def test_a_target_that_takes_over_after_what_was_published_is_fine():
    later = a_good_site(change=GOOD | {"target": 95, "from": "2026-01", "by": "2026-12"})

    assert told(later, releases=released(a_good_site())) == []


# ------------------------------------------------------------------------------------------------ exceptions


def excepted(*ignore, target=None):
    site = a_good_site({"rationale": "Improve it"} if target is None else target, lint={"ignore": list(ignore)})
    return lint(a_report(site, values()))


@pytest.mark.parametrize("where", ["card/i-0", "card", "i-0", ""])
def test_an_exception_with_a_reason_is_kept_with_it(where):
    (one,) = excepted({"rule": "T-S2", "where": where, "reason": "Agreed in June"})

    assert (one.rule, one.accepted) == ("T-S2", "Agreed in June")
    assert problems_of([one]) == []


def test_an_exception_without_a_reason_hides_nothing_and_is_found_itself():
    found = excepted({"rule": "T-S2", "where": "card/i-0"})

    assert [(one.rule, one.level, one.accepted) for one in found] == [("T-S2", "warning", ""), ("L-1", "error", "")]


def test_an_exception_that_covers_nothing_is_found():
    found = excepted({"rule": "T-S2", "where": "card/i-1", "reason": "r"}, {"rule": "T-S22", "reason": "r"})

    assert [(one.rule, one.kind) for one in found][1:] == [("L-2", "covers-nothing"), ("L-2", "no-rule")]
    assert found[-1].what == "there is no rule 'T-S22' to except from. Did you mean 'T-S2'"


def test_every_rule_has_an_id_of_its_own_and_whole_sentences():
    assert len(BY_ID) == len(RULES)
    assert all(rule.why.endswith(".") and rule.how.endswith(".") and not rule.finds.endswith(".") for rule in RULES)


def test_a_finding_says_what_why_and_how():
    (problem,) = problems_of(excepted())

    assert problem.what.startswith("T-S2 the rationale of 'i-0' says 'improve'")
    assert problem.hint == f"{BY_ID['T-S2'].why} {BY_ID['T-S2'].how}"
    assert (problem.code, problem.level) == ("T-S2", "warning")


# ------------------------------------------------------------------------------------------------ products that ended


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ({"by": "2025-09"}, []),
        ({"by": "2025-09", "until": "2025-09"}, []),
        ({"by": "2025-10"}, [("T-T2", "warning", "beyond-end")]),
        ({"by": "2025-09", "until": "2025-12"}, [("T-T2", "warning", "beyond-end")]),
    ],
)
def test_a_target_does_not_reach_beyond_the_end_of_its_product(target, found):
    ended = {f"i-{n}": dict(GOOD) | {"by": "2025-09"} for n in range(1, 5)} | {"i-0": GOOD | target}
    site = a_good_site(product={"key": ended, "ended": "2025-09"})

    assert [one for one in told(site) if one[0] not in BESIDE] == found
    # What is due no more is not missing, and neither is a successor.
    gone = {f"i_{n}": series(n) | {f"2025-{m}": "ended" for m in (10, 11, 12)} for n in range(5)}
    assert [one for one in told(site, values(**gone)) if one[0] not in BESIDE] == found


@pytest.mark.parametrize(
    ("action", "found"),
    [
        ({"due": "2025-09-30"}, False),
        ({"due": "2025-10-01"}, True),
        ({"due": "2025-10-01", "done": "2025-09-01", "progress": 100}, False),
        ({"due": "2025-10-01", "cancelled": True}, False),
    ],
)
def test_an_action_does_not_reach_beyond_the_end_of_its_product(action, found):
    plan = {"title": "P", "product": "card", "indicators": ["i-0"], "owner": "Li", "opened": "2025-01-01"}
    plan |= {"actions": {"a": {"title": "Do", "owner": "Li", "start": "2025-01-01"} | action}}

    kinds = [one[2] for one in told(a_good_site(product={"ended": "2025-09"}, plans={"p": plan}))]

    assert ("action-beyond-end" in kinds) is found
    assert "action-beyond-end" not in [one[2] for one in told(a_good_site(plans={"p": plan}))]
