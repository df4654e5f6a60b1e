"""Work shared by processes gives what one process would give, and tells its errors."""

import os
import sys
import time

import pytest

from kpisite.shares import done_in_shares, processes_here

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are copied on Linux only"),
    # Newer Pythons warn of copying a process that has threads; the test runner may have some.
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def numbers(k, processes):
    for number in range(10):
        if number % processes == k:
            yield str(number), bytes([number])


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_all_shares_together_are_the_whole_work(processes):
    done = list(done_in_shares(numbers, processes))

    assert sorted(done) == list(numbers(0, 1))


def test_shares_come_back_in_a_fixed_order():
    assert [name for name, _ in done_in_shares(numbers, 2)] == ["0", "2", "4", "6", "8", "1", "3", "5", "7", "9"]


def test_a_share_that_fails_beside_is_told_here():
    def work(k, processes):
        yield from numbers(k, processes)
        if k == 1:
            raise ValueError("the second share is wrong")

    with pytest.raises(ValueError, match="the second share is wrong"):
        list(done_in_shares(work, 2))


def test_a_share_that_is_killed_is_done_here():
    here = os.getpid()

    def work(k, processes):
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        yield from numbers(k, processes)

    assert sorted(done_in_shares(work, 2)) == list(numbers(0, 1))


def test_nobody_is_left_at_work_when_the_first_share_fails(tmp_path):
    note = tmp_path / "pid"

    def work(k, processes):
        if k:
            (tmp_path / "writing").write_text(str(os.getpid()), encoding="utf-8")
            (tmp_path / "writing").rename(note)
            time.sleep(60)
        while not note.exists():
            time.sleep(0.01)
        raise ValueError("the first share is wrong")
        yield

    with pytest.raises(ValueError, match="the first share is wrong"):
        list(done_in_shares(work, 2))
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text(encoding="utf-8")), 0)


def test_there_is_at_least_one_process():
    assert processes_here() >= 1
