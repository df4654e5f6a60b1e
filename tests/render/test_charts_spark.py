"""Sparklines: many at once, each as if it were alone."""

import math
import re

import numpy as np
import pytest

from kpisite.render.charts_spark import sparklines


def sparkline(values, target, label="NPS"):
    one = np.array([values], dtype=np.float64)
    return sparklines(one, np.array([target], dtype=np.float64), (label,))[0]


def path(svg, name):
    found = re.search(rf'<path class="{name}" d="([^"]*)"/>', svg)
    return found[1] if found else None


def test_a_sparkline_marks_its_last_value_and_its_gaps():
    line = sparkline([1, None, 2, 3], 2.0)

    assert path(line, "line").count("M") == 2
    assert path(line, "end") == "M96 3h0"
    assert path(line, "target")


@pytest.mark.parametrize("values", [[], [None, math.nan]])
def test_a_sparkline_of_nothing_keeps_its_room(values):
    line = sparkline(values, 1.0)

    assert 'width="100" height="24"' in line
    assert path(line, "line") is None
    assert path(line, "target") is None


def test_a_flat_sparkline_runs_through_the_middle():
    assert path(sparkline([5, 5], None), "line") == "M2 12L96 12"


def test_many_at_once_are_each_as_if_alone():
    values = np.array([[1.0, 2.0, math.nan, 4.0], [math.nan] * 4, [7.0, 7.0, 7.0, 7.0], [3.0, -1.0, 0.5, 9.0]])
    targets, labels = np.array([2.0, 1.0, math.nan, 20.0]), ("A", "B & C", "D", "E")

    together = sparklines(values, targets, labels)

    assert together == [sparkline(*one) for one in zip(values, targets, labels, strict=True)]
    assert 'aria-label="B &amp; C"' in together[1]
