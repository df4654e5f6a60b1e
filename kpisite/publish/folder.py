"""Text by path -> a folder: whole or not at all, and files that did not change are not touched.

The new tree grows beside the old one. A file that is the same in both is hard-linked, so that it keeps its time and
costs no writing. Only when everything is there do the two folders change places, in one step where the system can.
"""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# Linux: exchange two paths in one step (renameat2); the numbers are part of the kernel's interface.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# What a file system answers that cannot hard-link or exchange.
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.EXDEV, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES)


@dataclass(frozen=True, slots=True)
class Published:
    """What a build did to the folder: counts of files and the bytes of all of them."""

    written: int
    kept: int
    removed: int
    size: int

    @property
    def changed(self) -> bool:
        """Does the folder differ from what it was before?"""
        return bool(self.written or self.removed)


class PathConflictError(Exception):
    """Two parts of a build want to write the same path, or a path that leaves the folder: a bug, not a mistake."""


def publish(files: Iterable[tuple[str, bytes]], folder: Path) -> Published:
    """Make the folder hold exactly these files; on any failure or interruption it stays as it was."""
    recover(folder)
    fresh = beside(folder, "new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        published = _fill(files, folder, fresh)
        if published.changed or not folder.exists():
            _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
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


def _fill(files: Iterable[tuple[str, bytes]], folder: Path, fresh: Path) -> Published:
    """Write or link every file into the fresh folder and count what differs from the published one."""
    old_root, new_root = f"{folder}{os.sep}", f"{fresh}{os.sep}"
    seen: set[str] = set()
    made: set[str] = set()
    written = size = 0
    for path, data in files:
        if path in seen or not _stays_inside(path):
            raise PathConflictError(path)
        seen.add(path)
        parent = path.rpartition("/")[0]
        if parent not in made:
            os.makedirs(new_root + parent, exist_ok=True)  # noqa: PTH103 - a thousand Path objects cost more than the files
            made.add(parent)
        size += len(data)
        if _same(old_root + path, data):
            _link(old_root + path, new_root + path, data)
        else:
            _write(new_root + path, data)
            written += 1
    removed = sum(1 for path in _files(folder) if path not in seen)
    return Published(written, len(seen) - written, removed, size)


def _stays_inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return bool(path) and not pure.is_absolute() and ".." not in pure.parts and "\\" not in path and "\0" not in path


def _same(path: str, data: bytes) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - see above
            return os.fstat(file.fileno()).st_size == len(data) and file.read() == data
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False


def _link(old: str, new: str, data: bytes) -> None:
    try:
        os.link(old, new)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        _write(new, data)


def _write(path: str, data: bytes) -> None:
    with open(path, "wb", buffering=0) as file:  # noqa: PTH123
        file.write(data)


def _files(folder: Path) -> Iterable[str]:
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
