"""Which sheets stand in a published folder: a note of their keys and files, which may be deleted at any time.

The note is never believed: a file is taken over only if its bytes still have the hash that was noted.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

# By the key of a sheet: the path and the hash of each of its files.
Known = Mapping[str, list[tuple[str, str]]]


class Put(NamedTuple):
    """A file that stands in the fresh folder."""

    path: str
    size: int
    written: bool
    digest: str


def digest(data: bytes) -> str:
    """The SHA-256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def recall(file: Path | None) -> Known:
    """What was noted; nothing if there is no note or it cannot be read."""
    try:
        noted = json.loads(file.read_text(encoding="utf-8")) if file else {}
        return {str(key): [(str(path), str(hash_)) for path, hash_ in files] for key, files in noted.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def keep(file: Path, sheets: Iterable[tuple[str, list[Put]]]) -> None:
    """Note what stands in the folder now; sheets without a key are not noted."""
    noted = {key: [(put.path, put.digest) for put in puts] for key, puts in sheets if key}
    file.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed: nobody ever reads half a note.
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    aside.write_text(json.dumps(noted, separators=(",", ":")), encoding="utf-8")
    aside.replace(file)
