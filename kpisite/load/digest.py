"""The digest of a file: of a large one it is computed in a thread of its own while the engine reads the file."""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

BLOCK = 1 << 22


def digest_of(file: Path) -> Future[str]:
    """The SHA-256 of a file's bytes in hexadecimal digits; asking for the result waits for it, and raises OSError."""
    if file.stat().st_size < BLOCK:
        # Reading it takes no longer than starting a thread.
        done: Future[str] = Future()
        done.set_result(_digest(file))
        return done
    pool = ThreadPoolExecutor(1)
    found = pool.submit(_digest, file)
    pool.shutdown(wait=False)
    return found


def _digest(file: Path) -> str:
    with file.open("rb", buffering=0) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
