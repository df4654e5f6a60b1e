"""Targets in bulk from CSV files say the same as the same targets in YAML."""

import pytest

from benchmarks.targets import every_target, write
from kpisite.declare.read import read_site
from kpisite.errors import Problems
from kpisite.periods import month
from kpisite.release.declarations import freeze_site, thaw_site


def a_folder(path, files, products=("card",), indicators=("csat", "nps"), **more):
    """A site with these files of targets."""
    return write(path, files, products, indicators, **more)


def read(config):
    problems = Problems()
    site = read_site(config, problems)
    assert problems.found == []
    return site


CSV = """\
product,indicator,from,until,weight,target,tolerance,path,basis,by,baseline_period,baseline_value,floor,amber,stretch,owner,approved_on,rationale
card,csat,,2024-12,60,80,5,,,,,,,,,Li,2024-11-30,"Because, we say so"
card,csat,2025-01,,60,88,3,linear,,2025-12,2024-12,82,70,,95,,,
card,nps,,,40,1200,,profile,,,,,,,,,,
"""
YAML = """, key: {csat: [
    {weight: 60, target: 80, tolerance: 5, until: 2024-12, owner: Li, approved_on: 2024-11-30,
      rationale: "Because, we say so"},
    {weight: 60, target: 88, tolerance: 3, path: linear, by: 2025-12, baseline: {period: 2024-12, value: 82},
      from: 2025-01, floor: 70, stretch: 95}],
    nps: {weight: 40, target: 1200, path: profile}}"""


def test_csv_and_yaml_say_the_same(tmp_path):
    (tmp_path / "csv").mkdir()
    (tmp_path / "yaml").mkdir()
    from_csv = read(a_folder(tmp_path / "csv", {"2025.csv": CSV}))
    from_yaml = read(a_folder(tmp_path / "yaml", {"empty.csv": "product,indicator,weight,target\n"}, keys=YAML))

    assert from_csv.products["card"].key == from_yaml.products["card"].key


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_are_read_in_the_encodings_that_spreadsheets_write(encoding, tmp_path):
    text = "product,indicator,weight,target,owner\r\ncard,csat,100,80,李明\r\n"

    site = read(a_folder(tmp_path, {"a.csv": text.encode(encoding)}))

    assert site.products["card"].key["csat"][0].owner == "李明"


def test_months_that_differ_only_in_their_number_are_one_table(tmp_path):
    rows = [f"card,csat,2025-{m:02d},100,{80 + m},{3 if m < 7 else 4}" for m in range(12, 0, -1)]
    text = "product,indicator,period,weight,target,tolerance\n" + "\n".join(rows) + "\n"

    first, second = read(a_folder(tmp_path, {"a.csv": text})).products["card"].key["csat"]

    assert (first.path, first.tolerance, first.from_, first.until) == ("table", 3, month(2025, 1), month(2025, 6))
    assert list(first.values.values()) == [81, 82, 83, 84, 85, 86]
    assert (second.from_, second.until, second.tolerance) == (month(2025, 7), month(2025, 12), 4)
    assert second.target == 92


def test_targets_of_the_house_stand_under_bank(tmp_path):
    text = "product,indicator,weight,target\nbank,csat,0,80\n"

    assert read(a_folder(tmp_path, {"a.csv": text})).bank.key["csat"][0].target == 80


def test_a_release_keeps_every_kind_of_target(tmp_path):
    text = """\
product,indicator,period,from,until,weight,target,tolerance,path,basis,profile,floor,amber,stretch
card,csat,2025-10,,,60,80..90,5,,,,,,
card,csat,2025-11,,,60,81..90,5,,,,,,
card,csat,2025-12,,,60,82..90,6,,,,,,
card,nps,,2025-10,2025-11,40,1200,,profile,,1;1;1;1;1;1;1;1;1;1;1;2,,,
card,nps,,2025-12,,40,20,,,,,5,10,30
"""
    config = a_folder(tmp_path, {"a.csv": text})
    for_csat = "csat, family: f, formula: m, unit: count, direction: "
    written = config.read_text(encoding="utf-8").replace(for_csat + "higher", for_csat + "range")
    config.write_text(written, encoding="utf-8")
    site = read(config)

    again = thaw_site(freeze_site(site), version="2025-12", titles=None)

    assert [target.path for target in site.products["card"].key["csat"]] == ["table", "table"]
    assert again.products["card"].key == site.products["card"].key


def test_steps_in_yaml_are_kept_by_a_release(tmp_path):
    keys = ", key: {csat: {weight: 100, steps: {2025-01: 85, 2025-07: 88}}}"
    site = read(a_folder(tmp_path, {"empty.csv": "product,indicator,weight,target\n"}, keys=keys))

    again = thaw_site(freeze_site(site), version="2025-12", titles=None)

    assert again.products["card"].key == site.products["card"].key
    assert site.products["card"].key["csat"][0].steps == {month(2025, 1): 85, month(2025, 7): 88}


def test_twenty_thousand_targets_are_read_whole(tmp_path):
    site = read(write(tmp_path, {"a.csv": every_target()}))

    assert sum(len(product.key) for product in site.products.values()) == 20_000
    assert site.products["p999"].key["i19"][0].target == 1018.5


def test_a_target_of_a_file_knows_its_row_and_its_product_by_any_of_its_names(tmp_path):
    rows = "product,indicator,weight,target\ncard,nps,40,20\n信用卡,csat,60,80\n"
    config = a_folder(tmp_path, {"t.csv": rows})
    named = config.read_text(encoding="utf-8").replace("card: {name: card,", "card: {name: card, codes: [信用卡],")
    config.write_text(named, encoding="utf-8")

    site = read(config)

    assert list(site.products["card"].key) == ["nps", "csat"]
    assert str(site.place("products", "card", "key", "csat", 0, "by")) == "targets/t.csv:3:1"
