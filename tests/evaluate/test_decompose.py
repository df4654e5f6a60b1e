"""Why a composite moved: the numbers of the method's own example, and what must hold for any two states."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate.decompose import EFFECTS, State, Way, decompose, total
from kpisite.evaluate.status import judge, rules_of
from kpisite.evaluate.target import Goals
from tests.factories import a_site, an_indicator

EXACT = 1e-9


def a_state(site, cells, names):
    """A state of one product from {indicator: (weight, value, target, tolerance)}."""
    rows = [cells.get(name, (0.0, np.nan, np.nan, np.nan)) for name in names]
    weight, value, target, tolerance = (
        np.array(column, dtype=np.float64).reshape(1, -1, 1) for column in zip(*rows, strict=True)
    )
    goals = Goals(target, np.full(target.shape, np.nan), tolerance, weight)
    rules = rules_of(site, names)
    score = judge(rules, site.scoring, value, np.full(value.shape, np.nan), goals).score
    there = ~np.isnan(score)
    whole = weight[there].sum()
    composite = np.array([(weight[there] * score[there]).sum() / whole if whole else np.nan])
    return State(rules, site.scoring, goals, value, weight, score, composite)


def a_way(shape, **more):
    """Nothing restated and nothing redefined, unless told otherwise."""
    none, no = np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_)
    return Way(**{"restated": none, "old": none, "remade": no, "redefined": no} | more)


def effects(moves, names):
    """The parts of the first product by indicator and effect, without those that are nothing."""
    found = {
        (name, effect): moves.effects[0, i, k].item()
        for i, name in enumerate(names)
        for k, effect in enumerate(EFFECTS)
    }
    return {key: part for key, part in found.items() if abs(part) > EXACT}


NAMES = ["a", "b", "c", "d"]
EXAMPLE = a_site({"card": {}}, {n: an_indicator(direction="lower" if n == "b" else "higher") for n in NAMES})


def test_the_example_of_the_method_comes_out_to_the_last_printed_digit():
    before = a_state(EXAMPLE, {"a": (40, 24, 20, 5), "b": (30, 1.80, 1.80, 0.3), "c": (30, 85, 88, 3)}, NAMES)
    after = a_state(EXAMPLE, {"a": (30, 25, 25, 5), "b": (40, 2.05, 1.80, 0.3), "d": (30, 90, 90, 5)}, NAMES)

    moves = decompose(before, after, a_way(before.value.shape))

    assert before.composite[0] == pytest.approx(96.000, abs=5e-4)
    assert after.composite[0] == pytest.approx(86.667, abs=5e-4)
    assert moves.change[0] == pytest.approx(-9.333, abs=5e-4)
    assert moves.mix[0] == pytest.approx(21.143, abs=5e-4)
    expected = {
        ("a", "value"): 2.000,
        ("a", "target"): -12.000,
        ("a", "weight"): -1.973,
        ("b", "value"): -16.667,
        ("b", "weight"): -1.837,
    }
    assert effects(moves, NAMES) == pytest.approx(expected, abs=5e-4)


def two(first, second, **way):
    """One indicator of weight 50 beside a constant one, going from one (value, target) to another; tolerance 10."""
    states = [
        a_state(EXAMPLE, {"a": (50, value, target, 10), "c": (50, 100, 100, 10)}, NAMES)
        for value, target in (first, second)
    ]
    shape = states[0].value.shape
    arrays = {}
    for key, cell in way.items():
        arrays[key] = np.full(shape, np.nan if isinstance(cell, float) else False)
        arrays[key][0, 0, 0] = cell
    return decompose(*states, a_way(shape, **{k: v.astype(bool) if v.dtype == bool else v for k, v in arrays.items()}))


def test_a_restated_figure_moves_the_score_before_anything_else_does():
    moves = two((95, 100), (98, 100), restated=97.0)

    # Scores of 80, 88 and 92 at half the weight.
    assert effects(moves, NAMES) == pytest.approx({("a", "restatement"): 4.0, ("a", "value"): 2.0})


def test_a_dual_run_tells_the_definition_from_the_value():
    moves = two((95, 100), (90, 100), old=97.0, redefined=True)

    assert effects(moves, NAMES) == pytest.approx({("a", "value"): 4.0, ("a", "definition"): -14.0})
    assert not moves.inseparable.any()


def test_without_a_dual_run_the_whole_change_is_the_definitions_and_is_marked():
    moves = two((95, 100), (90, 98), redefined=True)

    assert effects(moves, NAMES) == pytest.approx({("a", "definition"): (68 - 80) / 2})
    assert moves.inseparable[0].tolist() == [True, False, False, False]


def test_a_past_computed_by_another_formula_is_no_restatement():
    moves = two((95, 100), (97, 100), restated=97.0, remade=True)

    assert effects(moves, NAMES) == pytest.approx({("a", "definition"): 4.0})
    assert moves.inseparable[0, 0]


def test_a_composite_that_is_missing_has_no_parts():
    before = a_state(EXAMPLE, {}, NAMES)
    after = a_state(EXAMPLE, {"a": (100, 25, 25, 5)}, NAMES)

    moves = decompose(before, after, a_way(before.value.shape))

    assert np.isnan(moves.change).all()
    assert np.isnan(moves.effects).all()


def test_where_no_indicator_is_in_both_everything_is_mix():
    before = a_state(EXAMPLE, {"a": (100, 24, 25, 5)}, NAMES)
    after = a_state(EXAMPLE, {"b": (100, 1.80, 1.80, 0.3)}, NAMES)

    moves = decompose(before, after, a_way(before.value.shape))

    assert moves.mix == pytest.approx(moves.change)
    assert not moves.effects.any()


# -------------------------------------------------------------------------------------- for any two states

MANY = [f"i-{n}" for n in range(6)]
DIRECTIONS = ("higher", "lower", "higher", "lower", "higher", "higher")
SITE = a_site(
    {"card": {}},
    {n: an_indicator(direction=d, decimals=1, veto=n == "i-5") for n, d in zip(MANY, DIRECTIONS, strict=True)},
)
number = st.integers(-2000, 2000).map(lambda n: n / 10)
width = st.integers(1, 500).map(lambda n: n / 10)
weight = st.integers(1, 300).map(lambda n: n / 10)
cell = st.one_of(st.none(), st.tuples(weight, number, number, width))
cells = st.lists(cell, min_size=len(MANY), max_size=len(MANY)).map(
    lambda found: {name: one for name, one in zip(MANY, found, strict=True) if one is not None}
)
values = st.lists(st.one_of(st.just(np.nan), number), min_size=len(MANY), max_size=len(MANY))
flags = st.lists(st.booleans(), min_size=len(MANY), max_size=len(MANY))
examples = settings(max_examples=500, deadline=None)


def way_of(restated, old, remade, redefined):
    reals = [np.array(one, dtype=np.float64).reshape(1, -1, 1) for one in (restated, old)]
    bools = [np.array(one, dtype=np.bool_).reshape(1, -1, 1) for one in (remade, redefined)]
    return Way(*reals, *bools)


ways = st.builds(way_of, values, values, flags, flags)


@examples
@given(cells, cells, ways)
def test_the_parts_sum_to_the_change(first, second, way):
    before, after = a_state(SITE, first, MANY), a_state(SITE, second, MANY)

    moves = decompose(before, after, way)

    whole = total(moves.effects) + moves.mix
    assert np.isnan(moves.change[0]) == (not first or not second)
    assert np.array_equal(np.isnan(whole), np.isnan(moves.change))
    assert not (np.abs(whole - moves.change) >= EXACT).any()


@examples
@given(cells, cells, st.permutations(range(len(MANY))))
def test_the_order_of_the_indicators_changes_nothing(first, second, order):
    turned = [MANY[at] for at in order]
    shape = (1, len(MANY), 1)

    moves = decompose(a_state(SITE, first, MANY), a_state(SITE, second, MANY), a_way(shape))
    other = decompose(a_state(SITE, first, turned), a_state(SITE, second, turned), a_way(shape))

    assert other.mix == pytest.approx(moves.mix, abs=EXACT, nan_ok=True)
    assert other.effects[0] == pytest.approx(moves.effects[0, list(order)], abs=EXACT, nan_ok=True)


@examples
@given(cells.filter(bool))
def test_where_nothing_changed_there_is_nothing_to_explain(same):
    state = a_state(SITE, same, MANY)

    moves = decompose(state, state, a_way(state.value.shape))

    assert moves.change[0] == 0
    assert not moves.effects.any()
    assert moves.mix[0] == 0


@examples
@given(cells, cells)
def test_turning_time_round_turns_the_signs(first, second):
    shape = (1, len(MANY), 1)

    forth = decompose(a_state(SITE, first, MANY), a_state(SITE, second, MANY), a_way(shape))
    back = decompose(a_state(SITE, second, MANY), a_state(SITE, first, MANY), a_way(shape))

    assert back.effects == pytest.approx(-forth.effects, abs=EXACT, nan_ok=True)
    assert back.mix == pytest.approx(-forth.mix, abs=EXACT, nan_ok=True)
