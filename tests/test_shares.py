"""Tasks shared by processes give what one process would give, and tell their errors."""

import os
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from kpisite.shares import done_side_by_side, processes_here

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are copied on Linux only"),
    # Newer Pythons warn of copying a process that has threads; the test runner may have some.
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def double(number):
    return 2 * number


TASKS = [partial(double, number) for number in range(10)]
DONE = [2 * number for number in range(10)]


@pytest.mark.parametrize("processes", [1, 2, 3, 20])
def test_results_come_back_in_the_order_of_the_tasks(processes):
    assert done_side_by_side(TASKS, processes) == DONE


def test_nothing_to_do_gives_nothing():
    assert done_side_by_side([], 2) == []


def test_whoever_is_free_does_the_next_task():
    def slow():
        time.sleep(0.3)
        return os.getpid()

    busy, *others = done_side_by_side([slow, *[os.getpid] * 50], 2)

    assert busy not in others


def test_each_task_is_done_once(tmp_path):
    def note(number):
        with (tmp_path / "done").open("ab") as file:
            file.write(b"%d\n" % number)

    done_side_by_side([partial(note, number) for number in range(200)], 3)

    assert sorted(map(int, (tmp_path / "done").read_text(encoding="utf-8").split())) == list(range(200))


def test_a_task_that_fails_beside_is_told_here():
    here = os.getpid()

    def work():
        if os.getpid() != here:
            raise ValueError("wrong in the copy")
        time.sleep(0.1)
        raise ValueError("wrong here, too")

    with pytest.raises(ValueError, match="wrong here, too"):
        done_side_by_side([work] * 2, 2)


def test_a_task_whose_process_is_killed_is_done_here():
    here = os.getpid()

    def work(number):
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        time.sleep(0.05)
        return double(number)

    assert done_side_by_side([partial(work, number) for number in range(10)], 2) == DONE


def test_nobody_is_left_at_work_when_a_task_fails_here(tmp_path):
    here, note = os.getpid(), tmp_path / "pid"

    def work():
        if os.getpid() != here:
            (tmp_path / "writing").write_text(str(os.getpid()), encoding="utf-8")
            (tmp_path / "writing").rename(note)
            time.sleep(60)
        while not note.exists():
            time.sleep(0.01)
        raise ValueError("the first process is wrong")

    with pytest.raises(ValueError, match="the first process is wrong"):
        done_side_by_side([work] * 2, 2)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text(encoding="utf-8")), 0)


def test_a_copy_ends_with_the_process_it_was_copied_from(tmp_path):
    note = tmp_path / "pid"

    def work():
        if os.getpid() != first:
            (tmp_path / "writing").write_text(str(os.getpid()), encoding="utf-8")
            (tmp_path / "writing").rename(note)
            time.sleep(60)
        while not note.exists():
            time.sleep(0.01)
        os.kill(first, 9)

    pid = os.fork()
    if pid == 0:
        first = os.getpid()
        done_side_by_side([work] * 2, 2)
        os._exit(0)
    os.waitpid(pid, 0)
    copy = int(note.read_text(encoding="utf-8"))

    # It belongs to nobody here, so its end can only be seen: it is gone, or a zombie until the system collects it.
    for _ in range(200):
        if ended(copy):
            break
        time.sleep(0.01)
    assert ended(copy)


def ended(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def test_there_is_at_least_one_process():
    assert processes_here() >= 1
