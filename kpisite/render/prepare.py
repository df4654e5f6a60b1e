"""The slow and unchanging parts of a site's charts: the compiled kinds and the JavaScript that draws them.

Altair takes half a second and the bundle one and a half, so both are kept in a cache folder under names that change
with the versions of their makers. A build may start `python -m kpisite.render.prepare <cache>` early, so that they
are made beside its other work; whoever comes second finds them there, or makes them again to the same bytes.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kpisite.render import charts_kinds

VEGA_LITE = "6.4"


def cache_for(site: Path) -> Path:
    """Where to keep what was made: with the installation, for all sites; else, if that is read-only, with the site."""
    shared = Path(sys.prefix) / "share" / "kpisite"
    try:
        shared.mkdir(parents=True, exist_ok=True)
    except OSError:
        return site / ".kpisite" / "cache"
    return shared if os.access(shared, os.W_OK) else site / ".kpisite" / "cache"


class Preparation:
    """Kinds and bundle in a cache folder, made in another process while this one has other work."""

    def __init__(self, cache: Path) -> None:
        """Nothing is made yet."""
        self.cache = cache
        self._maker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Preparation":
        """Begin to make what is missing, beside other work."""
        if not all((self.cache / name).exists() for name in (_kinds_name(), _bundle_name())):
            command = [sys.executable, "-m", "kpisite.render.prepare", str(self.cache)]
            self._maker = subprocess.Popen(command)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the maker if nobody waits for it any more: a build that fails shows no charts."""
        if self._maker is not None:
            self._maker.kill()
            self._maker.wait()
            self._maker = None

    def kinds(self) -> dict[str, Any]:
        """The chart kinds of the theme, compiled."""
        found: dict[str, Any] = json.loads(self._finished(_kinds_name(), _compile))
        return found

    def bundle(self) -> bytes:
        """Vega, Vega-Lite and vega-embed as one classic script."""
        return self._finished(_bundle_name(), _bundle)

    def _finished(self, name: str, make: Callable[[], bytes]) -> bytes:
        if self._maker is not None:
            self._maker.wait()
            self._maker = None
        return _kept(self.cache, name, make)


def prepare(cache: Path) -> None:
    """Make what is not in the cache yet."""
    _kept(cache, _kinds_name(), _compile)
    _kept(cache, _bundle_name(), _bundle)


def _kinds_name() -> str:
    # The sources of the kinds and of the numbers they take from the static charts.
    folder = Path(charts_kinds.__file__).parent
    sources = b"".join([path.read_bytes() for path in sorted(folder.glob("charts*.py"))])
    return f"kinds-{version('altair')}-{hashlib.sha256(sources).hexdigest()[:12]}.json"


def _bundle_name() -> str:
    return f"vega-{VEGA_LITE}-{version('vl-convert-python')}.js"


def _compile() -> bytes:
    return json.dumps(charts_kinds.compiled(), sort_keys=True, separators=(",", ":")).encode()


def _bundle() -> bytes:
    import vl_convert

    # The stub forgets that the snippet may be left out.
    text: str = vl_convert.javascript_bundle(vl_version=VEGA_LITE)  # type: ignore[call-arg]
    return text.encode()


def _kept(cache: Path, name: str, make: Callable[[], bytes]) -> bytes:
    path = cache / name
    if path.exists():
        return path.read_bytes()
    made = make()
    cache.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed: another process never reads half a file.
    aside = cache / f".{name}.{os.getpid()}"
    aside.write_bytes(made)
    aside.replace(path)
    return made


if __name__ == "__main__":
    prepare(Path(sys.argv[1]) if len(sys.argv) > 1 else cache_for(Path.cwd()))
