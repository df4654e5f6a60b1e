from kpisite.declare.fields import is_list, is_mapping, keys_at, words_at


def test_the_keys_of_a_part_are_those_an_author_writes():
    target = keys_at(("products", "card", "key", "csat", 0))

    assert {"weight", "target", "from", "by"} <= set(target)
    assert "from_" not in target
    assert keys_at(("strategy_map", 0)) == ("from", "to", "sign", "lag")
    assert "green" in keys_at(("scoring", "composite"))
    assert keys_at(("indicators", "csat", "limit")) == ("value", "side", "source")


def test_where_ids_are_free_there_are_no_keys():
    assert keys_at(("products",)) == ()
    assert keys_at(("products", "card", "name", "zh")) == ()
    assert keys_at(("nothing", "of", "that")) == ()


def test_what_reading_makes_is_no_section():
    assert "products" in keys_at(())
    assert not {"bodies", "places"} & set(keys_at(()))


def test_words_to_choose_from():
    assert words_at(("indicators", "csat", "direction")) == ("higher", "lower", "range")
    assert words_at(("indicators", "csat", "name")) == ()


def test_sections_are_mappings_lists_or_single():
    assert is_mapping("products")
    assert not is_mapping("reviews")
    assert is_list("reviews")
    assert not is_list("report")
