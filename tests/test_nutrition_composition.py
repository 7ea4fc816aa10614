"""Composition: the derived table, food groups, and loaders of official tables with all their traps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from nutrition_support import basis, study

from casestudy.errors import InputError
from casestudy.nutrition import composition, foodmap
from casestudy.nutrition.components import COMPONENTS, KJ_PER_KCAL
from casestudy.nutrition.composition_sources import read_fdc, read_fineli, read_refuse, read_sr
from casestudy.nutrition.coverage import coverage


def test_the_derived_table_is_what_the_source_gives():
    mixtures = pd.read_csv(study().input(foodmap.MIXTURES_FILE))
    fills = pd.read_csv(study().input(composition.FILLS_FILE))
    derived = composition.derive(study().source("composition") / "fooddata.csv", mixtures, fills)
    committed = composition.read_derived(study()).to_pandas()
    pd.testing.assert_frame_equal(derived[["data_type", "food"]], committed[["data_type", "food"]])
    for component in COMPONENTS:
        np.testing.assert_allclose(derived[component.id], committed[component.id], equal_nan=True)


def test_energy_agrees_with_protein_fat_and_carbohydrate():
    table = composition.read_derived(study()).to_pandas()
    factors = 4 * table["protein_g"] + 9 * table["fat_g"] + 4 * table["carbohydrate_g"]
    heavy = table[table["energy_kcal"] > 60]
    ratio = (heavy["energy_kcal"] / factors[heavy.index]).clip(0, 3)
    assert ratio.median() == pytest.approx(1, abs=0.03)
    assert (ratio.between(0.75, 1.3)).mean() > 0.95


def test_a_changed_source_is_refused(tmp_path):
    path = tmp_path / "fooddata.csv"
    path.write_text("foodName,data_type\nx,y\n")
    with pytest.raises(InputError, match="not the one that was checked"):
        composition.derive(path, pd.DataFrame({"data_type": ["a"], "food": ["b"]}))


def test_groups_bracket_their_mixture():
    groups = basis().groups
    for component in groups.middle.columns:
        known = groups.middle[component].notna()
        assert (groups.low[component][known] <= groups.middle[component][known] + 1e-9).all()
        assert (groups.high[component][known] >= groups.middle[component][known] - 1e-9).all()
    for name in (
        "energy_kcal",
        "protein_g",
        "fat_g",
        "sfa_g",
        "carbohydrate_g",
        "sugars_g",
        "fibre_g",
        "sodium_mg",
    ):
        assert groups.middle[name].notna().all(), name


def test_milk_keeps_its_fat_as_an_interval():
    groups = basis().groups
    assert groups.low.loc["milk", "fat_g"] < 0.5
    assert groups.high.loc["milk", "fat_g"] > 3
    assert groups.low.loc["soft-drink", "sugars_g"] == 0
    assert groups.high.loc["soft-drink", "sugars_g"] > 9


def test_explicit_rows_cover_the_sales():
    rest = coverage(study(), basis())
    assert rest.mapping.set_index("mapped_by").loc["explicit", "percent"] >= 95
    assert rest.mapping["percent"].sum() == pytest.approx(100)
    assert rest.components.set_index("component").loc["energy_kcal", "percent"] > 99
    assert set(rest.rejected["status"]) <= {"unparsed", "absurd", "shipping case", "yield", "implausible"}


def test_a_missing_member_is_not_a_zero():
    groups = pd.DataFrame({"group": ["g"], "added_sugar_share": [0.5]})
    members = pd.DataFrame(
        {"group": ["g", "g"], "share_percent": [50.0, 50.0]} | {c: [2.0, 2.0] for c in foodmap.IDS}
    )
    members["iron_mg"] = [3.0, np.nan]
    middle, low, high = foodmap._mix(groups, members)
    assert np.isnan(middle.loc["g", "iron_mg"])
    assert np.isnan(low.loc["g", "iron_mg"])
    assert np.isnan(high.loc["g", "iron_mg"])
    members["share_percent"] = [95.0, 5.0]
    assert foodmap._mix(groups, members)[0].loc["g", "iron_mg"] == 3.0


SR_FOODS = (
    "~01001~^~0100~^~Butter, salted~^~BUTTER,WITH SALT~^~~^~~^~Y~^~~^0^~~^6.38^4.27^8.79^3.87\r\n"
    '~09040~^~0900~^~Bananas, raw; 7" long, jalape\xf1o~^~BANANAS,RAW~^~~^~~^~Y~^~Skin~^36'
    "^~Musa~^6.25^3.36^8.37^3.60\r\n"
)
SR_VALUES = (
    "~01001~^~203~^0.85^16^0.074^~1~^~~^~~^~~^^^^^^^~~^11/1976^\r\n"
    "~01001~^~208~^717^0^^~4~^~NC~^~~^~~^^^^^^^~~^08/2010^\r\n"
    "~01001~^~268~^2999^0^^~4~^~NC~^~~^~~^^^^^^^~~^08/2010^\r\n"
    "~09040~^~205~^22.84^0^^~4~^~NC~^~~^~~^^^^^^^~~^08/2010^\r\n"
    "~09040~^~269~^^0^^~4~^~NC~^~~^~~^^^^^^^~~^08/2010^\r\n"
)


def test_standard_reference(tmp_path):
    (tmp_path / "FOOD_DES.txt").write_bytes(SR_FOODS.encode("iso-8859-1"))
    (tmp_path / "NUT_DATA.txt").write_bytes(SR_VALUES.encode("iso-8859-1"))
    table = read_sr(tmp_path).set_index(["food_id", "component"])["amount"]
    assert table[("01001", "energy_kcal")] == 717
    assert table[("01001", "energy_kj")] == pytest.approx(717 * KJ_PER_KCAL, rel=0.001)
    assert ("09040", "sugars_g") not in table.index
    assert read_refuse(tmp_path)["09040"] == 36
    assert "long, jalapeño" in read_sr(tmp_path)["food"].iloc[-1]


def test_standard_reference_of_another_shape(tmp_path):
    (tmp_path / "FOOD_DES.txt").write_text("a,b,c\n")
    (tmp_path / "NUT_DATA.txt").write_text(SR_VALUES)
    with pytest.raises(InputError, match="carets"):
        read_sr(tmp_path)


FINELI_VALUES = (
    "FOODID;EUFDNAME;BESTLOC;ACQTYPE;METHTYPE;METHIND\r\n"
    "1;ENERC;1700;D;T;MI0102\r\n1;NA;12,5;D;T;MI0102\r\n1;CHOAVL;99,9;D;T;MI0102\r\n1;SUCS;99,9;D;T;X\r\n1;VITD;;D;T;X\r\n"
)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-8"])
def test_fineli_reads_sodium_and_decimal_commas(tmp_path, encoding):
    (tmp_path / "component_value.csv").write_bytes(FINELI_VALUES.encode(encoding))
    (tmp_path / "foodname_EN.csv").write_bytes("FOODID;FOODNAME;LANG\r\n1;SUGAR, JÄÄ;EN\r\n".encode(encoding))
    table = read_fineli(tmp_path)
    amounts = table.set_index("component")["amount"]
    assert amounts["sodium_mg"] == 12.5
    assert amounts["energy_kj"] == 1700
    assert amounts["carbohydrate_available_g"] == 99.9
    assert "carbohydrate_g" not in amounts.index
    assert "energy_kcal" not in amounts.index
    assert "vitamin_d_ug" not in amounts.index
    assert set(table["food"]) == {"SUGAR, JÄÄ"}


def fdc(folder, nutrient_ids=("1003", "1008", "2047")):
    (folder / "food.csv").write_text('fdc_id,data_type,description\n7,foundation_food,"Beans, dry"\n')
    rows = "".join(
        f"{n},7,{one},{amount}\n"
        for n, (one, amount) in enumerate(zip(nutrient_ids, (21, 341, 339), strict=True))
    )
    (folder / "food_nutrient.csv").write_text("id,fdc_id,nutrient_id,amount\n" + rows)
    (folder / "nutrient.csv").write_text(
        "id,name,unit_name,nutrient_nbr\n1003,Protein,G,203\n1008,Energy,KCAL,208\n"
        "2047,Energy (Atwater),KCAL,957\n"
    )
    return folder


def test_food_data_central(tmp_path):
    table = read_fdc(fdc(tmp_path)).set_index("component")
    assert table.loc["protein_g", "amount"] == 21
    assert table.loc["energy_kcal", "amount"] == 341
    assert table.loc["protein_g", "food"] == "Beans, dry"
    assert table.loc["protein_g", "unit"] == "g"


def test_food_data_central_with_older_numbers(tmp_path):
    table = read_fdc(fdc(tmp_path, ("203", "208", "957"))).set_index("component")
    assert table.loc["energy_kcal", "amount"] == 341


def test_broken_bundles_list_what_is_missing(tmp_path):
    fdc(tmp_path)
    (tmp_path / "food_nutrient.csv").write_text("id,fdc,nutrient\n")
    with pytest.raises(InputError) as caught:
        read_fdc(tmp_path)
    assert len(caught.value.problems) == 3
    (tmp_path / "food_nutrient.csv").write_bytes(
        "id,fdc_id,nutrient_id,amount\n1,7,1003,½\n".encode("latin-1")
    )
    with pytest.raises(InputError, match="UTF-8"):
        read_fdc(tmp_path)
    (tmp_path / "food_nutrient.csv").write_text("id,fdc_id,nutrient_id,amount\n1,7,1003,much\n")
    with pytest.raises(InputError, match="much"):
        read_fdc(tmp_path)
    (tmp_path / "nutrient.csv").unlink()
    with pytest.raises(InputError, match="not there"):
        read_fdc(tmp_path)
