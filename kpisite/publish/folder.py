"""Text by path -> a folder: whole or not at all, and files that did not change are not touched.

The new tree grows beside the old one. A file that is the same in both is hard-linked, so that it keeps its time and
costs no writing. Only when everything is there do the two folders change places, in one step where the system can.
"""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kpisite.publish.memory import Known, Put, digest, keep, recall
from kpisite.render.sheets import Files, Sheet
from kpisite.shares import done_side_by_side, processes_here

# Linux: exchange two paths in one step (renameat2); the numbers are part of the kernel's interface.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# What a file system answers that cannot hard-link or exchange.
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.EXDEV, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES)


@dataclass(frozen=True, slots=True)
class Published:
    """What a build did to the folder: counts of files and the bytes of all of them; how many of them are pages."""

    written: int
    kept: int
    removed: int
    size: int
    pages: int

    @property
    def changed(self) -> bool:
        """Does the folder differ from what it was before?"""
        return bool(self.written or self.removed)


class PathConflictError(Exception):
    """Two parts of a build want to write the same path, or a path that leaves the folder: a bug, not a mistake."""


def publish(files: Files, folder: Path, parts: Sequence[Sequence[Sheet]] = (), memory: Path | None = None) -> Published:
    """Make the folder hold exactly these files and those of the parts; on any failure it stays as it was.

    The parts come first, and several processes may make and write them side by side. What stands in the folder is
    kept in mind in the file `memory`, so that sheets with known keys are not made again.
    """
    recover(folder)
    fresh = beside(folder, "new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        tree = _Tree(folder, fresh, recall(memory))
        done = done_side_by_side([partial(tree.put_part, part) for part in parts], processes_here())
        sheets = [sheet for part in done for sheet in part]
        published = _counted([put for _, puts in sheets for put in puts] + tree.put(files), folder)
        if published.changed or not folder.exists():
            _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    if memory is not None:
        keep(memory, sheets)
    return published


def beside(folder: Path, word: str) -> Path:
    """The working folder next to the published one: on the same disk, so that it can be renamed."""
    return folder.with_name(f"{folder.name}.{word}")


def recover(folder: Path) -> None:
    """Put the old site back if a build was killed between two renames; clear what is left over."""
    old = beside(folder, "old")
    if old.exists():
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.rename(folder)


class _Tree:
    """A fresh folder that grows beside the published one."""

    def __init__(self, folder: Path, fresh: Path, known: Known) -> None:
        """Nothing stands in it yet; `known` is what stands in the published one."""
        self.old = f"{folder}{os.sep}" if folder.exists() else ""
        self.new = f"{fresh}{os.sep}"
        self.known = known
        self.made: set[str] = {""}

    def put_part(self, part: Sequence[Sheet]) -> list[tuple[str, list[Put]]]:
        """Write or link every file of a part: what was put, by the key of its sheet."""
        return [(sheet.key, self._put_again(sheet.key) or self.put(sheet.make())) for sheet in part]

    def put(self, files: Files) -> list[Put]:
        """Write or link every file."""
        return [self._put(path, data, digest(data), same=_read(self.old, path) == data) for path, data in files]

    def _put_again(self, key: str) -> list[Put]:
        """Link the files of a known sheet; nothing if one of them is not as it was published."""
        known = self.known.get(key, ())
        found = [(path, _read(self.old, path), was) for path, was in known]
        if any(data is None or digest(data) != was for _, data, was in found):
            return []
        return [self._put(path, data, was, same=True) for path, data, was in found if data is not None]

    def _put(self, path: str, data: bytes, found: str, *, same: bool) -> Put:
        if not _stays_inside(path):
            raise PathConflictError(path)
        self._make(path.rpartition("/")[0])
        if same:
            _link(self.old + path, self.new + path, data)
        else:
            _write(self.new + path, data)
        return Put(path, len(data), not same, found)

    def _make(self, folder: str) -> None:
        """Make a folder where there is none yet, and those above it; another process may have been first."""
        if folder not in self.made:
            self._make(folder.rpartition("/")[0])
            with suppress(FileExistsError):
                os.mkdir(self.new + folder)  # noqa: PTH102 - a thousand Path objects cost more than the files
            self.made.add(folder)


def _counted(puts: Sequence[Put], folder: Path) -> Published:
    """What was put, beside what stands in the published folder."""
    seen: set[str] = set()
    for put in puts:
        if put.path in seen:
            raise PathConflictError(put.path)
        seen.add(put.path)
    return Published(
        written=sum(put.written for put in puts),
        kept=sum(not put.written for put in puts),
        removed=sum(path not in seen for path in _files(folder)),
        size=sum(put.size for put in puts),
        pages=sum(put.path.endswith(".html") for put in puts),
    )


def _stays_inside(path: str) -> bool:
    return bool(path) and path[0] != "/" and ".." not in path.split("/") and "\\" not in path and "\0" not in path


def _read(root: str, path: str) -> bytes | None:
    """A published file, if there is a published folder and the file is in it."""
    if not root or not _stays_inside(path):
        return None
    try:
        with open(root + path, "rb", buffering=0) as file:  # noqa: PTH123 - see above
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _link(old: str, new: str, data: bytes) -> None:
    try:
        os.link(old, new)
    except OSError as error:
        if error.errno not in (*_CANNOT, errno.EEXIST):
            raise
        _write(new, data)


def _write(path: str, data: bytes) -> None:
    try:
        file = open(path, "xb", buffering=0)  # noqa: PTH123, SIM115
    except FileExistsError:
        # What a stopped copy of this process left; it may be a link to a published file, which must not be touched.
        os.unlink(path)  # noqa: PTH108
        file = open(path, "xb", buffering=0)  # noqa: PTH123, SIM115
    with file:
        file.write(data)


def _files(folder: Path) -> Iterator[str]:
    """All files below a folder, as paths with forward slashes."""
    for root, _, names in os.walk(folder):
        below = Path(root).relative_to(folder).as_posix()
        for name in names:
            yield name if below == "." else f"{below}/{name}"


def _swap(fresh: Path, folder: Path) -> None:
    """Put the fresh folder in the place of the published one."""
    if not folder.exists():
        fresh.rename(folder)
    elif not _exchange(fresh, folder):
        old = beside(folder, "old")
        folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(one))
