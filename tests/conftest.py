"""What several tests share: the demo site built once by the real command, a server for it, and a browser."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import hypothesis
import pytest

from tests import browser as browsers

# A busy machine is no mistake: no example has a time limit, and the same examples are tried everywhere.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, print_blob=False)
hypothesis.settings.load_profile("steady")

ROOT = Path(__file__).parent.parent
REALDATA = ROOT.parent / "shared" / "realdata"


def kpisite(*arguments, cwd=ROOT, check=True, **environment):
    """Run the real command."""
    done = subprocess.run(
        [sys.executable, "-m", "kpisite", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if check and done.returncode:
        raise AssertionError(f"kpisite {arguments} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def copy_site(source, target):
    """A copy of a site's sources, without what was built."""
    ignored = shutil.ignore_patterns("public*", ".kpisite", "__pycache__")
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "site.yaml", target / "site.yaml")
    for name in ("content", "data", "templates", "releases"):
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=ignored)
    return target


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory):
    """The folder of the demo bank's site, built once."""
    root = copy_site(ROOT, tmp_path_factory.mktemp("demo"))
    kpisite("build", "-q", "-f", root / "site.yaml")
    return root / "public"


@pytest.fixture(scope="session")
def credit_trends_site(tmp_path_factory):
    """The folder of the site on real public data, built once."""
    root = copy_site(ROOT / "examples" / "credit-trends", tmp_path_factory.mktemp("credit-trends"))
    kpisite("build", "-q", "-f", root / "site.yaml")
    return root / "public"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        """Say nothing."""


@pytest.fixture(scope="session")
def demo_address(demo_site):
    """The demo site's address on a server of this machine."""
    handler = functools.partial(_Quiet, directory=str(demo_site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """A running browser; where there is none the test is skipped, but never on CI."""
    path = browsers.find()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs a browser")
        pytest.skip("no Chromium or Chrome here; set CHROMIUM or run make test")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=list(browsers.SWITCHES))
        yield running
        running.close()


@pytest.fixture(scope="session")
def realdata():
    """The folder of real data beside the project; without it the test is skipped, and says so."""
    if not REALDATA.is_dir():
        pytest.skip("the folder shared/realdata is not beside the project")
    return REALDATA
