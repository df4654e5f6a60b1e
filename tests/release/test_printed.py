"""The engine prints what Python prints."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kpisite.release.printed import Counts, Numbers, Words, printed
from kpisite.release.text import numbers


def lines(*columns):
    return printed(("a", "b")[: len(columns)], [columns]).decode().splitlines()[1:]


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=200))
def test_a_number_is_the_shortest_text_that_reads_back_the_same(values):
    texts = lines(Numbers(np.array(values)), Counts(np.zeros(len(values), dtype=int)))

    found = [text.removesuffix(",0") for text in texts]
    assert found == numbers(np.array(values))
    for value, text in zip(values, found, strict=True):
        assert (text == "") == math.isnan(value)
        assert text == "" or float(text) == value


def test_numbers_of_every_size_are_printed_as_python_prints_them():
    bits = np.random.default_rng(7).integers(0, 2**64, 200_000, dtype=np.uint64).view(np.float64)
    values = np.concatenate([bits[np.isfinite(bits)], 10.0 ** np.arange(-30, 31), -(10.0 ** np.arange(0, 20)), [-0.0]])

    assert lines(Numbers(values)) == numbers(values)


def test_a_range_is_written_from_low_to_high():
    low, high = np.array([70.0, 1.5, math.nan]), np.array([100.0, math.nan, math.nan])

    assert lines(Numbers(low, high), Counts(np.arange(3))) == ["70..100,0", "1.5,1", ",2"]


def test_words_stand_for_their_codes_in_chinese_too():
    assert lines(Words(np.array([1, 0], dtype=np.int8), ("", "逾期")), Counts(np.array([3, 4]))) == ["逾期,3", ",4"]


def test_parts_follow_one_another():
    parts = [[Counts(np.arange(first, first + 50_000))] for first in (0, 50_000)]

    assert printed(("n",), parts) == b"n\n" + b"".join(b"%d\n" % n for n in range(100_000))


def test_a_table_without_lines_is_its_header():
    assert printed(("a", "b"), []) == b"a,b\n"
