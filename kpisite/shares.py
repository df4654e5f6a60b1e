"""Tasks done by several processes at once, where the system can copy a process cheaply.

Each process takes the next task as soon as it is free and spools what the task gave; results come back in the order of
the tasks. What a copy could not do is done again by the first process, so that its error is told as any other.
"""

import ctypes
import gc
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any, TypeVar

T = TypeVar("T")

# Bytes of a task's number in the queue.
_NUMBER = 4
# Linux: let a process end when the one that it was copied from ends; the number is part of the kernel's interface.
_PR_SET_PDEATHSIG = 1


def done_side_by_side(tasks: Sequence[Callable[[], T]], processes: int) -> list[T]:
    """What the tasks give, in their order; whoever is free does the next one."""
    done: dict[int, T] = {}
    with Copies(len(tasks)) as copies, _left_alone():
        for _ in range(min(processes, len(tasks)) - 1):
            copies.start(tasks)
        for number in copies.numbers():
            done[number] = tasks[number]()
        done.update(copies.results())
    return [done[number] if number in done else task() for number, task in enumerate(tasks)]


@contextmanager
def _left_alone() -> Iterator[None]:
    """Look for no garbage in what is there already: the search would write to memory that all copies share."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def processes_here() -> int:
    """How many processes can work at once: one where a copy of this one would not be safe."""
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


class Copies:
    """Copies of this process that work for it; none outlives it, however it ends."""

    def __init__(self, count: int) -> None:
        """None yet; so many tasks wait."""
        # All copies share the place up to which this file was read, and the system moves it with each reading:
        # so every number is read by exactly one of them.
        self.queue = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the spools at the end
        self.queue.write(b"".join([number.to_bytes(_NUMBER, "big") for number in range(count)]))
        self.queue.seek(0)
        self.running: list[int] = []
        self.spools: list[IO[bytes]] = []

    def __enter__(self) -> "Copies":
        """Nothing to open."""
        return self

    def numbers(self) -> Iterator[int]:
        """The numbers of the tasks that fall to the process which asks, one at a time until none is left."""
        while number := os.read(self.queue.fileno(), _NUMBER):
            yield int.from_bytes(number, "big")

    def start(self, tasks: Sequence[Callable[[], object]]) -> None:
        """Let a copy take part in the work."""
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the others at the end
        self.spools.append(spool)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._work_and_leave(tasks, spool, parent)
        self.running.append(pid)

    def results(self) -> Iterator[tuple[int, Any]]:
        """Wait for the copies; the numbers of the tasks that they could do, and what those gave."""
        while self.running:
            os.waitpid(self.running[0], 0)
            del self.running[0]
        for spool in self.spools:
            yield from _unspool(spool)

    def __exit__(self, *_: object) -> None:
        """Stop the copies that are still at work when nobody waits for them any more, and close the files."""
        for pid in self.running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for file in (self.queue, *self.spools):
            file.close()

    def _work_and_leave(self, tasks: Sequence[Callable[[], object]], spool: IO[bytes], parent: int) -> None:
        """Do tasks in a copy and end it without touching what it shares with the first process."""
        code = 1
        try:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            # It may have ended before the system was asked to watch it.
            if os.getppid() == parent:
                for number in self.numbers():
                    pickle.dump((number, tasks[number]()), spool)
                spool.flush()
                code = 0
        finally:
            # Also in the way of an error: the first process meets it again and tells it.
            os._exit(code)


def _unspool(spool: IO[bytes]) -> Iterator[tuple[int, Any]]:
    spool.seek(0)
    while True:
        try:
            yield pickle.load(spool)
        except (EOFError, pickle.UnpicklingError):  # the end, or where a copy was stopped
            return
