"""Package sizes: the strings that retailers write, and the traps in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.nutrition.sizes import parse


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("16 OZ", 453.592),
        ("8 1/2 OZ", 240.971),
        ("7-3/4 OZ", 219.709),
        ("1-3/4 LB", 793.787),
        ("1.5 LB", 680.389),
        ("2 LB 11 OZ", 1219.03),
        ("2 LB(32 OZ)", 907.185),
        ("48 G/1.69 OZ", 48),
        ("450 ML", 450),
        ("1/2 GAL", 1892.706),
        ("HALF GAL", 1892.706),
        ("GAL", 3785.412),
        ("2 L BTL", 2000),
        ("24 OZ BAG", 680.389),
        ("P 1.25 OZ", 35.437),
        ("054700 7 OZ", 198.447),
        ("966    8 OZ", 226.796),
        ("(600) 4 LB", 1814.369),
        ("ALL 46 OZ", 1304.078),
        ("15 00 OZ", 425.243),
        ("4. 5 OZ", 127.573),
        ("12.3 OZ OZ", 348.699),
        ("2 QT/.25 OZ", 7.087),
        ("9 OZ 02259", 255.146),
        ("16-30 LB", 10432.62),
    ],
)
def test_amounts(text, grams):
    assert parse(text).kind == "measured"
    assert parse(text).grams() == pytest.approx(grams, abs=0.01)


def test_an_ounce_of_a_liquid_is_a_fluid_ounce():
    assert parse("64 OZ").grams(grams_per_ml=1.03) == pytest.approx(64 * 29.5735295625 * 1.03)
    assert parse("64 OZ").grams() == pytest.approx(64 * 28.349523125)


@pytest.mark.parametrize(
    ("text", "count", "amount", "form"),
    [
        ("12/12 OZ", 12, 12, "n/each"),
        ("4 PK/8.3 OZ", 4, 8.3, "n X/each"),
        ("10.4 OZ/8 CT", 8, 10.4, "each/n"),
        ("12 CT .9 OZ", 12, 0.9, "n X/each"),
        ("2-8 OZ", 2, 8, "n-each"),
        ("6-2.5 OZ", 6, 2.5, "n-each"),
        ("4/1.O OZ", 4, 1.0, "n/each"),
    ],
)
def test_two_numbers_stay_undecided(text, count, amount, form):
    size = parse(text)
    assert (size.kind, size.count, size.amount, size.form) == ("two numbers", count, amount, form)
    assert size.grams(whole=False) == pytest.approx(count * size.grams(whole=True))


@pytest.mark.parametrize(
    ("text", "count"),
    [("18 CT", 18), ("1 DZ", 12), ("DZ", 12), ("9-10 CT", 9.5), ("N   15 CT", 15), ("14 PC", 14)],
)
def test_counts(text, count):
    assert (parse(text).kind, parse(text).count) == ("count", count)


@pytest.mark.parametrize("text", ["7 IN", "LARGE", "BIN", "SEE STORE", "1.80/LB", "0 OZ", "12"])
def test_what_says_no_weight_is_unparsed(text):
    assert parse(text).kind == "unparsed"


def test_item_codes_are_read_as_written_and_left_to_the_price_check():
    assert parse("15142310 OZ").kind in ("measured", "unparsed")
    assert parse("15142310 OZ").grams() == 0 or parse("15142310 OZ").grams() > 25_000
    assert parse("2416.9 OZ").grams() > 25_000
    assert parse(None).kind == "missing"
    assert parse("   ").kind == "missing"
    assert parse("LB").kind == "sold by weight"


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    size = parse(text)
    assert size.grams() >= 0
    assert size.count >= 0


@given(st.integers(1, 500), st.sampled_from(["OZ", "LB", "G", "ML", "L", "QT"]))
def test_spelling_does_not_matter(number, unit):
    assert parse(f"{number} {unit}") == parse(f"  {number}   {unit.lower()} ")


@pytest.mark.parametrize("text", ["-8 OZ", "- 5 CT", " -1 LB"])
def test_a_negative_size_is_none(text):
    assert parse(text).kind == "unparsed"


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("0,33 L", 0.33, "L"), ("0,5 l", 0.5, "L"), ("1,5 L", 1.5, "L"), ("1,25L", 1.25, "L"),
        ("2,5 DL", 2.5, "DL"), ("0,6 kg", 0.6, "KG"), (",75 l", 0.75, "L"), ("1.000 g", 1000, "G"),
        ("1 000 g", 1000, "G"),
        ("1\u202f000 g", 1000, "G"), ("1,500 ml", 1500, "ML"), ("1.234,5 g", 1234.5, "G"),
        ("1,234.5 g", 1234.5, "G"), ("1,000 kg", 1, "KG"), ("0.750 L", 0.75, "L"), ("500 ge", 500, "G"),
        ("500 g e", 500, "G"),
        ("500 g \N{ESTIMATED SYMBOL}", 500, "G"), ("½ lb", 0.5, "LB"), ("1½ lb", 1.5, "LB"),
        ("HALF LB", 0.5, "LB"), ("2 litres", 2, "L"), ("1,5 litraa", 1.5, "L"), ("5 dag", 5, "DAG"),
        ("3 hg", 3, "HG"), ("250 gramos", 250, "G"), ("2 pints", 2, "PT"),
    ],
)  # fmt: skip
def test_sizes_of_other_countries(text, amount, unit):
    assert (parse(text).kind, parse(text).amount, parse(text).unit) == ("measured", amount, unit)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1/2 DZ", 6), ("HALF DZ", 6), ("1-1/2 DZ", 18), ("2-3 DZ", 30), ("1/2 CT", 0.5), ("10 kpl", 10),
        ("6 Stück", 6), ("12 st", 12), ("1,000 CT", 1000),
    ],
)  # fmt: skip
def test_halves_and_pieces(text, count):
    assert (parse(text).kind, parse(text).count) == ("count", count)


@pytest.mark.parametrize("text", ["6 x 33 cl", "6×0,33 l", "6*330 ml", "6X33CL"])
def test_a_sign_of_multiplication_leaves_no_doubt(text):
    assert parse(text).form == "n x each"
    assert parse(text).grams(1.0) == parse(text).grams(1.0, whole=False) == pytest.approx(1980)


def test_a_fraction_that_could_be_shortened_is_a_count_of_packages():
    assert (parse("6/8 OZ").kind, parse("6/8 OZ").count, parse("6/8 OZ").amount) == ("two numbers", 6, 8)
    assert (parse("3/4 LB").kind, parse("3/4 LB").amount) == ("measured", 0.75)
