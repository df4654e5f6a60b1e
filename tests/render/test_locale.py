"""The theme's texts: the same keys and the same facts in both languages."""

import re

import pytest

from kpisite.evaluate.report import STATUSES
from kpisite.measure.series import REASONS
from tests.render.small import TEXTS

FIELD = re.compile(r"\{(\w+)\}")
# What only one of the languages needs: a word before the year, the first month of a year to date.
OWN_WAYS = ("number", "units", "methodology")


def leaves(found, path=()):
    if isinstance(found, dict):
        for name, value in found.items():
            yield from leaves(value, (*path, name))
    elif isinstance(found, list):
        for at, value in enumerate(found):
            yield from leaves(value, (*path, at))
    else:
        yield path, found


def test_every_text_is_there_in_every_language():
    keys = {lang: {path for path, _ in leaves(words) if path[0] != "number"} for lang, words in TEXTS.items()}

    assert keys["zh"] == keys["en"]
    assert set(TEXTS["zh"]["number"]) == set(TEXTS["en"]["number"])


def test_every_key_and_every_text_is_text():
    for lang, words in TEXTS.items():
        for path, value in leaves(words):
            assert all(isinstance(part, str | int) and not isinstance(part, bool) for part in path), (lang, path)
            assert isinstance(value, str | int) and not isinstance(value, bool), (lang, path, value)


def test_both_languages_put_in_the_same_facts():
    english = dict(leaves(TEXTS["en"]))
    for path, value in leaves(TEXTS["zh"]):
        if path[0] not in OWN_WAYS and isinstance(value, str):
            assert set(FIELD.findall(value)) == set(FIELD.findall(english[path])), path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_status_and_reason_has_words(lang):
    words = TEXTS[lang]

    assert set(words["status"]) == {*STATUSES, "none"}
    assert {name for name in REASONS if name} <= set(words["reason"])
    assert {name for name in REASONS if name} == set(words["reason_text"])


def test_chinese_sentences_use_full_width_punctuation():
    halfwidth = re.compile(r"[一-鿿][,;:?!]|[一-鿿]\.(?!\w)")
    for path, value in leaves(TEXTS["zh"]):
        assert not halfwidth.search(str(value)), (path, value)
