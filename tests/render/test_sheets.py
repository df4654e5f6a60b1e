"""Keys of sheets leave out nothing that a page shows."""

import os
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest

from kpisite.declare.model import Pages
from kpisite.evaluate.report import Warnings
from kpisite.evaluate.warning import rows_about
from kpisite.release.store import read_releases
from kpisite.render.board import board
from kpisite.render.edition import edition
from kpisite.render.sheets import BY_SUBJECT, TOLD, Origins, by_grain, hash_of
from kpisite.render.sitemap import _printed, figure_page, parts, plan, scorecard
from kpisite.render.theme import load_theme
from tests.conftest import ROOT
from tests.render.small import the_report


def with_rows(report, change):
    """The report with each of its arrays changed."""

    def changed(one):
        arrays = {f.name: getattr(one, f.name) for f in fields(one) if isinstance(getattr(one, f.name), np.ndarray)}
        return replace(one, **{name: change(array.copy()) for name, array in arrays.items()})

    def each(held):
        return {grain: changed(one) for grain, one in held.items()} if isinstance(held, dict) else changed(held)

    return replace(report, **{name: each(getattr(report, name)) for name in BY_SUBJECT})


def inputs_of_only(inputs, p):
    """The inputs with nonsense in place of all products but one."""

    def spoilt(array):
        other = np.full_like(array, 99)
        other[p] = array[p]
        return other

    measures = {
        name: replace(one, value=spoilt(one.value), rows=spoilt(one.rows), first=spoilt(one.first))
        for name, one in inputs.measures.items()
    }
    return replace(inputs, measures=measures)


def only(report, s):
    """The report with nonsense in place of all figures of other subjects than this one."""

    def spoilt(array):
        kept = array[s].copy()
        array[:] = 12345.678 if array.dtype.kind == "f" else 1
        array[s] = kept
        return array

    own = warnings_of_only(report.warnings, s)
    return replace(with_rows(report, spoilt), inputs=inputs_of_only(report.inputs, s), warnings=own)


def warnings_of_only(warnings, s):
    """Only the warnings of one subject."""
    at = rows_about(warnings, s)
    return replace(warnings, **{field.name: getattr(warnings, field.name)[at] for field in fields(warnings)})


def product_pages(report, theme, s, kinds):
    e = edition(board(report), "en", theme.texts)
    return {
        path: theme.text(make(), "en") for path, make in plan(e, (report,)) if make.func in kinds and make.args[1] == s
    }


@pytest.fixture(scope="module")
def theme():
    return load_theme(ROOT)


@pytest.fixture(scope="module")
def demo():
    """The newest release of the demo bank."""
    return read_releases(ROOT / "releases")[-1]


def test_the_pages_of_a_product_show_no_figures_of_other_subjects(demo, theme):
    for s in board(demo).products:
        pages = product_pages(demo, theme, s, (scorecard, figure_page))

        assert pages
        assert product_pages(only(demo, s), theme, s, (scorecard, figure_page)) == pages


@pytest.mark.parametrize("figures", ["all", "none"])
def test_a_scorecard_does_not_tell_where_figures_come_from(demo, theme, figures):
    site = demo.site.model_copy(update={"pages": Pages(figures=figures)})
    whole = replace(demo, site=site)
    untold = replace(whole, **{name: type(getattr(whole, name))() for name in TOLD})
    for s in board(whole).products:
        assert product_pages(only(untold, s), theme, s, (scorecard,)) == product_pages(whole, theme, s, (scorecard,))


def keys(report, base="program"):
    """Keys of the whole, and of each subject's figures and scorecard."""
    origins, everyone = Origins(report, base), range(len(report.subjects))
    return (
        origins.of_report("en"),
        [origins.of_figures(s, "en") for s in everyone],
        [origins.of_subject(s, "en") for s in everyone],
    )


def changed(before, after):
    return [one != other for one, other in zip(before, after, strict=True)]


@pytest.mark.parametrize("held", BY_SUBJECT)
def test_any_changed_cell_changes_the_keys_of_its_subject_and_of_the_whole(demo, held):
    before = keys(demo)
    for grain, one in by_grain(getattr(demo, held)).items():
        for field in fields(one):
            array = getattr(one, field.name)
            if not isinstance(array, np.ndarray):
                continue
            other = array.copy()
            other[1].flat[0] = 1 - np.nan_to_num(other[1].flat[0])
            spoilt = replace(one, **{field.name: other})
            report = replace(demo, **{held: getattr(demo, held) | {grain: spoilt} if grain else spoilt})

            whole, figures, subjects = keys(report)

            assert whole != before[0], field.name
            for found, was in ((figures, before[1]), (subjects, before[2])):
                assert changed(was, found) == [s == 1 for s in range(len(demo.subjects))], field.name


@pytest.mark.parametrize("column", [field.name for field in fields(Warnings)])
def test_a_changed_warning_changes_the_keys_of_its_subject_and_of_the_whole(demo, column):
    before, at = keys(demo), rows_about(demo.warnings, 1).start
    cells = getattr(demo.warnings, column)
    if isinstance(cells, tuple):
        other = (*cells[:at], f"{cells[at]} other", *cells[at + 1 :])
    elif column == "subject":
        other = cells.copy()
        other[at] = 0
    else:
        other = cells.copy()
        other[at] = 1 - np.nan_to_num(other[at])

    whole, figures, subjects = keys(replace(demo, warnings=replace(demo.warnings, **{column: other})))

    assert whole != before[0]
    mine = (0, 1) if column == "subject" else (1,)
    for found, was in ((figures, before[1]), (subjects, before[2])):
        assert changed(was, found) == [s in mine for s in range(len(demo.subjects))]


@pytest.mark.parametrize(
    "change",
    [
        {"version": "other"},
        {"title": "other"},
        {"as_of": "2024-01-01"},
        {"frozen": False},
        {"actions": ()},
        {"role": np.zeros((1, 1), dtype=np.int8)},
        {"indicators": ("other",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_anything_else_changes_all_keys(demo, change):
    before, after = keys(demo), keys(replace(demo, **change))

    assert before[0] != after[0]
    assert all(changed(before[1], after[1]))
    assert all(changed(before[2], after[2]))


def test_a_declaration_changes_all_keys():
    before = the_report()
    site = before.site
    one = site.indicators["csat"].model_copy(update={"decimals": 3})
    after = replace(before, site=site.model_copy(update={"indicators": {**site.indicators, "csat": one}}))

    assert all(changed(keys(before)[2], keys(after)[2]))


def test_another_program_or_look_changes_all_keys(demo):
    before, after = keys(demo), keys(demo, "other")

    assert before[0] != after[0]
    assert all(changed(before[2], after[2]))


def test_where_data_come_from_changes_what_tells_it(demo):
    before, after = keys(demo), keys(replace(demo, sources=()))

    assert before[0] != after[0]
    assert all(changed(before[1], after[1]))
    assert before[2] == after[2]


def test_large_arrays_are_hashed_whole():
    large = np.arange(1_000_000, dtype=np.float64)
    other = large.copy()
    other[-1] = 0

    assert hash_of(large) == hash_of(large.copy())
    assert hash_of(large) != hash_of(other)


def test_languages_and_kinds_have_keys_of_their_own(demo):
    origins = Origins(demo, "")

    assert len({origins.of_report("zh"), origins.of_report("en"), origins.of_subject(0, "en")}) == 3


def keys_of_sheets(reports, theme):
    """The keys of all sheets by version and the first page of each."""
    origins = [Origins(report, "") for report in reports]
    sheets = (sheet for part in parts(reports, theme, origins) for sheet in part if sheet.make.func is _printed)
    found = {}
    for sheet in sheets:
        e, made = sheet.make.args[:2]
        found[e.report.version, e.lang, made[0][0]] = sheet.key
    return found


def test_what_is_compared_with_an_earlier_version_is_made_from_it_too(theme):
    earlier, newest = replace(the_report(version="2025-11"), frozen=True), the_report()
    restated = with_rows(earlier, lambda array: array + np.ones((), dtype=array.dtype))

    before, after = keys_of_sheets((earlier, newest), theme), keys_of_sheets((restated, newest), theme)

    for lang in ("zh", "en"):
        for path in ("products/card/index.html", "history/2025-11..2025-12/index.html"):
            assert before["2025-12", lang, path] != after["2025-12", lang, path]
        assert before["2025-12", lang, "index.html"] == after["2025-12", lang, "index.html"]


def test_what_is_given_all_versions_has_no_key(theme):
    found = keys_of_sheets((the_report(version="2025-11"), the_report()), theme)

    assert {path for (_, _, path), key in found.items() if not key} == {"history/index.html"}
    assert len(set(found.values())) == len(found) - 4 + 1


def test_keys_are_the_same_in_every_process():
    program = (
        "from pathlib import Path\n"
        "from kpisite.release.store import read_releases\n"
        "from kpisite.render.sheets import Origins\n"
        f"print(Origins(read_releases(Path({str(ROOT / 'releases')!r}))[0], 'x').whole)\n"
    )

    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(found) == 1


def test_the_inputs_of_one_product_change_the_keys_of_its_figures_only(demo):
    before, after = keys(demo), keys(replace(demo, inputs=inputs_of_only(demo.inputs, 1)))

    assert after[0] != before[0]
    products = len(board(demo).products)
    assert changed(before[1], after[1])[:products] == [s != 1 for s in range(products)]
    assert not any(changed(before[2], after[2]))
