"""Same inputs, same bytes: on any clock, in any locale, with any hash seed, from any folder."""

import hashlib

import pytest

from tests.conftest import ROOT, copy_site, kpisite

EXAMPLE = ROOT / "examples" / "credit-trends"


def tree(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def times(folder):
    return {p.relative_to(folder).as_posix(): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "America/New_York", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "4242", "LC_ALL": "C.UTF-8"},
    ],
    ids=["new-york", "shanghai"],
)
def test_another_machine_builds_the_same_site(demo_site, tmp_path, environment):
    root = copy_site(ROOT, tmp_path / "another place" / "产品报告")

    kpisite("build", "-q", "-f", root / "site.yaml", cwd=tmp_path, **environment)

    assert tree(root / "public") == tree(demo_site)


@pytest.mark.parametrize("seed", ["1", "77"])
def test_another_machine_freezes_the_same_release(tmp_path, seed):
    root = copy_site(ROOT, tmp_path / seed)
    for folder in sorted((root / "releases").iterdir()):
        for file in sorted(folder.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        folder.rmdir()

    for version, as_of in RELEASES.items():
        kpisite(
            "release", "-q", version, "--as-of", as_of, "-f", root / "site.yaml", PYTHONHASHSEED=seed, TZ="Asia/Tokyo"
        )

    assert tree(root / "releases") == tree(ROOT / "releases")


# Each month's report is closed on the 15th of the month after the next data delivery.
RELEASES = {
    "2025-09": "2025-10-15",
    "2025-10": "2025-11-15",
    "2025-11": "2025-12-15",
    "2025-12": "2026-01-15",
}


def test_a_second_build_rewrites_no_file(demo_site):
    before = times(demo_site)

    done = kpisite("build", "--force", "-f", demo_site.parent / "site.yaml")

    assert times(demo_site) == before
    assert " 0 files written" in done.stdout


def test_a_build_with_nothing_to_do_says_so(demo_site):
    done = kpisite("build", "-f", demo_site.parent / "site.yaml")

    assert done.stdout.startswith("Nothing has changed.")
