"""A build that is killed, at whatever moment, leaves the site that was there."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT, copy_site, kpisite
from tests.e2e.test_same_bytes import tree


@pytest.fixture(scope="module")
def changed_site(tmp_path_factory):
    """A built demo site whose sources have changed since, and the two states its folder may be in."""
    root = copy_site(ROOT, tmp_path_factory.mktemp("killed"))
    kpisite("build", "-q", "-f", root / "site.yaml")
    old = tree(root / "public")
    page = root / "content" / "pages" / "about.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n\n又一行。\n", encoding="utf-8")
    kpisite("build", "-q", "-f", root / "site.yaml", "-d", root / "other")
    return root, old, tree(root / "other")


@pytest.mark.parametrize("seconds", [0.05, 0.4, 0.8, 1.2, 1.6, 2.0, 2.6, 3.2])
def test_a_killed_build_leaves_a_whole_site(changed_site, seconds):
    root, old, new = changed_site
    build = subprocess.Popen(
        [sys.executable, "-m", "kpisite", "build", "-q", "--force", "-f", root / "site.yaml"],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )

    time.sleep(seconds)
    if build.poll() is None:
        os.killpg(build.pid, signal.SIGKILL)
    build.wait()

    assert tree(root / "public") in (old, new)


def test_after_a_killed_build_the_next_one_works(changed_site):
    root, _, new = changed_site

    kpisite("build", "-q", "-f", root / "site.yaml")

    assert tree(root / "public") == new
    assert not (root / "public.new").exists()
