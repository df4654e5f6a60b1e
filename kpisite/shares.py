"""Work done by several processes at once, where the system can copy a process cheaply.

Each process does its share of the same work and spools what it made; the order in which shares come back is fixed.
A share that fails in a copy is done again by the first process, so that its error is told as any other.
"""

import os
import pickle
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO

File = tuple[str, bytes]
# Does share k of n.
Work = Callable[[int, int], Iterator[File]]


def done_in_shares(work: Work, processes: int) -> Iterator[File]:
    """Everything the shares of the work give; the first share is done here, the others beside it."""
    with Copies() as copies:
        started = [copies.start(work, k, processes) for k in range(1, processes)]
        yield from work(0, processes)
        for k, (pid, spool) in enumerate(started, start=1):
            if copies.wait(pid):
                yield from _unspool(spool)
            else:
                yield from work(k, processes)


def processes_here() -> int:
    """How many processes can work at once: one where a copy of this one would not be safe."""
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


class Copies:
    """Copies of this process that work for it; none outlives it."""

    def __init__(self) -> None:
        """None yet."""
        self.running: list[int] = []
        self.spools: list[IO[bytes]] = []

    def __enter__(self) -> "Copies":
        """Nothing to open."""
        return self

    def start(self, work: Work, k: int, processes: int) -> tuple[int, IO[bytes]]:
        """Let a copy do share k; its process and the spool that it writes."""
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the others at the end
        self.spools.append(spool)
        pid = os.fork()
        if pid == 0:
            _work_and_leave(work, k, processes, spool)
        self.running.append(pid)
        return pid, spool

    def wait(self, pid: int) -> bool:
        """Wait for a copy to end; was it able to do its share?"""
        _, status = os.waitpid(pid, 0)
        self.running.remove(pid)
        return status == 0

    def __exit__(self, *_: object) -> None:
        """Stop the copies that are still at work when nobody waits for them any more, and close the spools."""
        for pid in self.running:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
            os.waitpid(pid, 0)
        for spool in self.spools:
            spool.close()


def _work_and_leave(work: Work, k: int, processes: int, spool: IO[bytes]) -> None:
    """Do a share in a copy and end it without touching what it shares with the first process."""
    code = 1
    try:
        for file in work(k, processes):
            pickle.dump(file, spool)
        spool.flush()
        code = 0
    finally:
        # Also in the way of an error: the first process meets it again and tells it.
        os._exit(code)


def _unspool(spool: IO[bytes]) -> Iterator[File]:
    spool.seek(0)
    while True:
        try:
            yield pickle.load(spool)
        except EOFError:
            return
