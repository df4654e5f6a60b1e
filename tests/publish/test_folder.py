"""A folder is published whole or not at all, and only what changed is touched."""

import errno
import hashlib
import json
import os
import time
from functools import partial

import pytest

from kpisite.publish import folder as publishing
from kpisite.publish.folder import PathConflictError, beside, publish
from kpisite.render.sheets import Sheet


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_first_build_writes_every_file(tmp_path):
    out = tmp_path / "public"

    done = publish([("a.txt", b"1"), ("b/c.txt", b"22")], out)

    assert tree(out) == {"a.txt": b"1", "b/c.txt": b"22"}
    assert (done.written, done.kept, done.removed, done.size) == (2, 0, 0, 3)


def test_an_unchanged_file_keeps_its_inode_and_time(tmp_path):
    out = tmp_path / "public"
    publish([("same", b"1"), ("other", b"1")], out)
    before = (out / "same").stat()

    done = publish([("same", b"1"), ("other", b"2")], out)

    after = (out / "same").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert (done.written, done.kept) == (1, 1)


def test_nothing_changed_means_the_folder_itself_is_not_touched(tmp_path):
    out = tmp_path / "public"
    publish([("a", b"1")], out)
    before = out.stat().st_ino

    done = publish([("a", b"1")], out)

    assert not done.changed
    assert out.stat().st_ino == before


def test_files_that_are_gone_are_removed(tmp_path):
    out = tmp_path / "public"
    publish([("old/page", b"1"), ("kept", b"1")], out)

    done = publish([("kept", b"1")], out)

    assert tree(out) == {"kept": b"1"}
    assert done.removed == 1
    assert not (out / "old").exists()


def test_a_build_that_fails_half_way_leaves_the_old_site_whole(tmp_path):
    out = tmp_path / "public"
    publish([("a", b"old"), ("b", b"old")], out)

    def files():
        yield "a", b"new"
        raise RuntimeError("the template is wrong")

    with pytest.raises(RuntimeError):
        publish(files(), out)

    assert tree(out) == {"a": b"old", "b": b"old"}
    assert not beside(out, "new").exists()


@pytest.mark.parametrize("path", ["../x", "/x", "", "a/../../x", "a\\b", "a\0b"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path, path):
    with pytest.raises(PathConflictError):
        publish([(path, b"1")], tmp_path / "public")


def test_the_same_path_twice_is_refused(tmp_path):
    with pytest.raises(PathConflictError):
        publish([("a", b"1"), ("a", b"2")], tmp_path / "public")


def part(*files, key=""):
    return [Sheet(key, lambda: iter(files))]


def test_parts_and_files_together_are_the_site(tmp_path):
    out = tmp_path / "public"
    publish([("a", b"old"), ("p/b", b"1")], out)

    done = publish([("a", b"1")], out, [part(("p/b", b"1"), ("p/c.html", b"22")), part(("q/d", b"333"))])

    assert tree(out) == {"a": b"1", "p/b": b"1", "p/c.html": b"22", "q/d": b"333"}
    assert (done.written, done.kept, done.removed, done.size, done.pages) == (3, 1, 0, 7, 1)


def test_the_same_path_in_two_parts_is_refused_and_the_old_site_stays(tmp_path):
    out = tmp_path / "public"
    publish([("a", b"1"), ("b", b"1")], out)

    # The first part only links the published file; the second must not write through that link.
    with pytest.raises(PathConflictError):
        publish([], out, [part(("a", b"1")), part(("a", b"2"))])

    assert tree(out) == {"a": b"1", "b": b"1"}
    assert not beside(out, "new").exists()


def test_a_part_that_is_done_again_because_its_process_was_stopped_gives_the_same_site(tmp_path):
    out, here = tmp_path / "public", os.getpid()
    publish([("a/kept", b"1"), ("b/kept", b"1")], out)

    def stopped(folder):
        yield f"{folder}/kept", b"1"
        yield f"{folder}/new", b"2"
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        time.sleep(0.05)
        yield f"{folder}/last", b"3"

    publish([], out, [[Sheet("", partial(stopped, folder))] for folder in "ab"])

    each = {"kept": b"1", "new": b"2", "last": b"3"}
    assert tree(out) == {f"{folder}/{name}": data for folder in "ab" for name, data in each.items()}


def test_a_file_may_become_a_folder_and_back(tmp_path):
    out = tmp_path / "public"
    publish([("a", b"1")], out)
    publish([("a/b", b"1")], out)
    assert tree(out) == {"a/b": b"1"}
    publish([("a", b"1")], out)
    assert tree(out) == {"a": b"1"}


def test_a_disk_that_cannot_link_gets_copies(tmp_path, monkeypatch):
    out = tmp_path / "public"
    publish([("a", b"1"), ("b", b"1")], out)

    def no_links(*_):
        raise OSError(errno.EPERM, "not here")

    monkeypatch.setattr(os, "link", no_links)
    publish([("a", b"1"), ("b", b"2")], out)

    assert tree(out) == {"a": b"1", "b": b"2"}


def test_a_system_that_cannot_exchange_folders_renames_them(tmp_path, monkeypatch):
    out = tmp_path / "public"
    publish([("a", b"1")], out)
    monkeypatch.setattr(publishing, "_exchange", lambda one, other: False)

    publish([("a", b"2")], out)

    assert tree(out) == {"a": b"2"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["public"]


def test_a_build_killed_between_two_renames_is_mended_by_the_next(tmp_path):
    out = tmp_path / "public"
    publish([("a", b"1")], out)
    out.rename(beside(out, "old"))

    publishing.recover(out)

    assert tree(out) == {"a": b"1"}


def never():
    raise AssertionError("this sheet is known and need not be made")


def test_a_known_sheet_is_taken_over_without_being_made(tmp_path):
    out, note = tmp_path / "public", tmp_path / "note.json"
    publish([("a", b"1")], out, [part(("p/b", b"2"), key="k")], note)
    before = (out / "p" / "b").stat()

    done = publish([("a", b"9")], out, [[Sheet("k", never)]], note)

    after = (out / "p" / "b").stat()
    assert tree(out) == {"a": b"9", "p/b": b"2"}
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert (done.written, done.kept) == (1, 1)


@pytest.mark.parametrize("key", ["other", ""])
def test_a_sheet_with_another_key_or_none_is_made(tmp_path, key):
    out, note = tmp_path / "public", tmp_path / "note.json"
    publish([], out, [part(("b", b"1"), key=key and "k")], note)

    publish([], out, [part(("b", b"2"), key=key)], note)

    assert tree(out) == {"b": b"2"}


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"x"), lambda path: path.unlink()])
def test_a_sheet_of_which_a_file_is_not_as_published_is_made_again(tmp_path, damage):
    out, note = tmp_path / "public", tmp_path / "note.json"
    sheets = [part(("b", b"1"), ("c", b"2"), key="k")]
    publish([], out, sheets, note)
    damage(out / "c")

    publish([], out, sheets, note)

    assert tree(out) == {"b": b"1", "c": b"2"}


def test_a_note_cannot_lead_out_of_the_folder(tmp_path):
    out, note = tmp_path / "public", tmp_path / "note.json"
    publish([], out, [part(("b", b"1"), key="k")], note)
    (tmp_path / "secret").write_bytes(b"secret")
    note.write_text(json.dumps({"k": [["../secret", hashlib.sha256(b"secret").hexdigest()]]}), encoding="utf-8")

    publish([], out, [part(("b", b"1"), key="k")], note)

    assert tree(out) == {"b": b"1"}
