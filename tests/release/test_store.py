"""Releases on disk: written once, whole, never over one another, and damage is noticed."""

import json

import pytest

from kpisite.errors import AuthorError
from kpisite.release.snapshot import freeze
from kpisite.release.store import read_releases, write_release
from tests.factories import a_report, a_site, an_indicator
from tests.release.report_equal import differences


def report(version="2025-12", value=90.0, **more):
    target = {"weight": 100, "target": 86, "tolerance": 3}
    site = a_site({"card": {"key": {"csat": target}}}, {"csat": an_indicator(name="满意度")}, **more)
    return a_report(site, {"card": {"csat": value}}, version=version)


def messages(error):
    return [str(problem) for problem in error.value.problems]


def test_what_was_written_is_read_back(tmp_path):
    write_release(tmp_path / "releases", "2025-12", freeze(report()))

    (found,) = read_releases(tmp_path / "releases")

    assert differences(found, report()) == []


def test_without_a_folder_there_are_no_releases(tmp_path):
    assert read_releases(tmp_path / "releases") == ()


def test_releases_come_by_period_and_then_by_version(tmp_path):
    for version, period in (("b", "2025-11"), ("z", "2025-10"), ("a", "2025-11"), ("2025-12", "2025-12")):
        write_release(tmp_path, version, freeze(report(version, period=period)))

    assert [one.version for one in read_releases(tmp_path)] == ["z", "a", "b", "2025-12"]


def test_files_are_exactly_the_frozen_bytes(tmp_path):
    files = freeze(report())
    folder = write_release(tmp_path, "2025-12", files)

    written = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert written == {path: text.encode() for path, text in files.items()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2025-12"]


def test_the_same_release_may_be_made_again(tmp_path):
    files = freeze(report())
    folder = write_release(tmp_path, "2025-12", files)
    head = folder / "release.json"
    before = head.stat().st_mtime_ns

    other_tool = files | {"release.json": files["release.json"].replace('"kpisite ', '"kpisite 9')}

    assert write_release(tmp_path, "2025-12", other_tool) == folder
    assert head.stat().st_mtime_ns == before


def test_a_released_version_is_never_overwritten(tmp_path):
    folder = write_release(tmp_path, "2025-12", freeze(report()))
    before = (folder / "values/card.csv").read_bytes()

    with pytest.raises(AuthorError) as error:
        write_release(tmp_path, "2025-12", freeze(report(value=91.0)))

    assert messages(error) == [
        f"{tmp_path.name}/2025-12/release.json: error: the release '2025-12' exists and says something else. "
        "A release never changes: choose another version, or remove its folder if nobody has seen it."
    ]
    assert (folder / "values/card.csv").read_bytes() == before


def test_what_an_interrupted_release_left_does_not_count(tmp_path):
    (tmp_path / ".2025-12.new/values").mkdir(parents=True)
    (tmp_path / ".2025-12.new/values/old.csv").write_text("old")

    assert read_releases(tmp_path) == ()
    write_release(tmp_path, "2025-12", freeze(report()))
    assert len(read_releases(tmp_path)) == 1


def change(path, old, new):
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


DAMAGE = {
    "changed value": (
        lambda f: change(f / "values/card.csv", ",90,", ",99,"),
        "values/card.csv",
        "was changed after its release",
    ),
    "changed title": (
        lambda f: change(f / "release.json", '"title": "2025-12"', '"title": "x"'),
        "release.json",
        "was changed",
    ),
    "changed input": (
        lambda f: change(f / "release.json", '"inputs": []', '"inputs": [1]'),
        "release.json",
        "was changed",
    ),
    "missing file": (lambda f: (f / "scores.csv").unlink(), "scores.csv", "of a release is missing"),
    "foreign file": (lambda f: (f / "values/note.txt").write_text("x"), "values/note.txt", "is no part of the release"),
    "not text": (lambda f: (f / "scores.csv").write_bytes(b"\xff\xfe"), "scores.csv", "is not UTF-8 text"),
    "no head": (lambda f: (f / "release.json").unlink(), "release.json", "of a release is missing"),
    "broken head": (lambda f: (f / "release.json").write_text("{"), "release.json", "this release cannot be read"),
    "other head": (lambda f: (f / "release.json").write_text("[]"), "release.json", "this release cannot be read"),
    "other version": (
        lambda f: change(f / "release.json", '"version": "2025-12"', '"version": "x"'),
        "release.json",
        "calls itself 'x'",
    ),
    "line ends": (
        lambda f: (f / "axes.json").write_bytes((f / "axes.json").read_bytes().replace(b"\n", b"\r\n")),
        "axes.json",
        "changed",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_release_is_named(tmp_path, damage):
    folder = write_release(tmp_path, "2025-12", freeze(report()))
    harm, file, what = DAMAGE[damage]
    harm(folder)

    with pytest.raises(AuthorError) as error:
        read_releases(tmp_path)

    found = messages(error)
    assert any(f"/2025-12/{file}: error: " in line and what in line for line in found), found
    assert all(problem.hint.startswith("A release never changes") for problem in error.value.problems)


def test_a_file_managers_own_files_do_no_harm(tmp_path):
    folder = write_release(tmp_path, "2025-12", freeze(report()))
    (folder / "values/.DS_Store").write_bytes(b"\xff")

    assert len(read_releases(tmp_path)) == 1


def test_all_damage_is_named_at_once(tmp_path):
    for version in ("2025-11", "2025-12"):
        folder = write_release(tmp_path, version, freeze(report(version, period=version)))
        (folder / "scores.csv").unlink()
        (folder / "axes.json").unlink()

    with pytest.raises(AuthorError) as error:
        read_releases(tmp_path)

    assert len(error.value.problems) == 4


def test_a_damaged_release_is_not_taken_for_the_same_one(tmp_path):
    folder = write_release(tmp_path, "2025-12", freeze(report()))
    change(folder / "values/card.csv", ",90,", ",99,")

    with pytest.raises(AuthorError):
        write_release(tmp_path, "2025-12", freeze(report()))


def test_the_head_says_which_tool_made_it(tmp_path):
    folder = write_release(tmp_path, "2025-12", freeze(report()))

    assert json.loads((folder / "release.json").read_text(encoding="utf-8"))["tool"].startswith("kpisite ")


def test_a_folder_that_cannot_be_a_version_is_told(tmp_path):
    write_release(tmp_path, "2025-12", freeze(report()))
    (tmp_path / "2025-12").rename(tmp_path / "my release")

    with pytest.raises(AuthorError) as error:
        read_releases(tmp_path)

    (first, second) = messages(error)
    assert "my release/release.json: error: a version is a folder's name" in first
    assert "calls itself '2025-12'" in second
