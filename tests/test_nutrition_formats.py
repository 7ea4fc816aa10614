"""Composition tables of seven publishers, in the layouts of formats-purchases.md; all values are made up."""

from __future__ import annotations

import gzip
import math
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import pytest

from casestudy.errors import InputError
from casestudy.nutrition import composition_readers
from casestudy.nutrition.composition_readers import READERS, read
from casestudy.nutrition.composition_sources import COLUMNS
from casestudy.nutrition.composition_tables import bounds, settled
from casestudy.study import Study


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """A small .xlsx by hand: cells as inline text or numbers, empty ones left out as in published files."""

    def cell(value: object, place: str) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        return f'<c r="{place}"><v>{value}</v></c>'

    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w") as file:
        types = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
            'ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.worksheet+xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.'
            'openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
            f'"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        listed = "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1)
        )
        file.writestr(
            "xl/workbook.xml", f'<workbook {main} xmlns:r="{rel}"><sheets>{listed}</sheets></workbook>'
        )
        targets = "".join(
            f'<Relationship Id="r{n}" Type="{rel}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{targets}</Relationships>',
        )
        for n, rows in enumerate(sheets.values(), 1):
            body = "".join(
                f'<row r="{r}">'
                + "".join(cell(value, f"{chr(65 + c)}{r}") for c, value in enumerate(row))
                + "</row>"
                for r, row in enumerate(rows, 1)
            )
            file.writestr(
                f"xl/worksheets/sheet{n}.xml", f"<worksheet {main}><sheetData>{body}</sheetData></worksheet>"
            )
    return path


def amounts(table: pd.DataFrame, food: str) -> dict[str, tuple[object, ...]]:
    rows = table[table["food"].eq(food)]
    return {
        row.component: tuple(None if pd.isna(one) else one for one in (row.amount, row.low, row.high))
        + (row.said,)
        for row in rows.itertuples(index=False)
    }


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("9,3", (9.3, 9.3, 9.3, "")),
        (12, (12.0, 12.0, 12.0, "")),
        ("< 0,5", (None, 0.0, 0.5, "< 0,5")),
        ("<0.5", (None, 0.0, 0.5, "<0.5")),
        ("(0,2)", (0.2, 0.2, 0.2, "")),
        *[
            (word, (None, 0.0, None, word))
            for word in ("traces", "Tr", "TR", "<LOD", "<LOD or <LOQ", "-", "N")
        ],
        *[(empty, (None, None, None, "")) for empty in (None, "", "  ")],
    ],
)
def test_a_cell_keeps_its_bounds(said: object, found: tuple[object, ...]) -> None:
    assert bounds(said) == found


@pytest.mark.parametrize("said", ["about 3", "-1", "< x", "1-2", "inf"])
def test_a_cell_that_is_neither_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        bounds(said)


def ciqual(folder: Path, encoding: str = "utf-8", less: str = "&lt; 0,5") -> Path:
    constituents = [
        ("328", "Energy, Regulation EU No 1169/2011 (kcal/100g)"), ("25000", "Protein (g/100g)"),
        ("25003", "Protein, crude, N x 6.25 (g/100g)"), ("34100", "Fibres (g/100g)"),
        ("32000", "Sugars (g/100g)"),
        ("31000", "Carbohydrate (g/100g)"), ("40000", "Fat (g/100g)"), ("55100", "Vitamin C (mg/100g)"),
    ]  # fmt: skip
    values = [("328", "40"), ("25000", "0,8"), ("25003", "0,9"), ("34100", "traces"), ("32000", less),
              ("31000", "9,1"), ("40000", "-"), ("55100", "9,3")]  # fmt: skip

    def table(tag: str, records: list[dict[str, str]]) -> bytes:
        rows = "".join(
            f"<{tag}>" + "".join(f"<{k}> {v} </{k}>" for k, v in one.items()) + f"</{tag}>" for one in records
        )
        return f'<?xml version="1.0" encoding="{encoding}" ?>\n<TABLE>{rows}</TABLE>'.encode(encoding)

    folder.mkdir(exist_ok=True)
    foods = [{"alim_code": "20009", "alim_nom_fr": "Carotte râpée", "alim_nom_eng": "Carrot, raw"},
             {"alim_code": "20010", "alim_nom_fr": "Pâtisson cru"}]  # fmt: skip
    (folder / "alim_2025_11_03.xml").write_bytes(table("ALIM", foods))
    (folder / "alim_grp_2025_11_03.xml").write_bytes(table("ALIM_GRP", [{"alim_grp_code": "02"}]))
    names = [{"const_code": code, "const_nom_eng": name} for code, name in constituents]
    (folder / "const_2025_11_03.xml").write_bytes(table("CONST", names))
    cells = [{"alim_code": "20009", "const_code": code, "teneur": value} for code, value in values]
    cells.append({"alim_code": "20010", "const_code": "25000", "teneur": "1,2"})
    (folder / "compo_2025_11_03.xml").write_bytes(table("COMPO", cells))
    return folder


@pytest.mark.parametrize(("encoding", "less"), [("utf-8", "&lt; 0,5"), ("windows-1252", "< 0,5")])
def test_ciqual(tmp_path: Path, encoding: str, less: str) -> None:
    table = read("ciqual", ciqual(tmp_path / "c", encoding, less))
    assert tuple(table.columns) == COLUMNS
    carrot = amounts(table, "Carrot, raw")
    assert carrot["protein_g"] == (0.8, 0.8, 0.8, "")  # by Jones' factors, not crude
    assert carrot["fibre_g"] == (None, 0.0, None, "traces")
    assert carrot["sugars_g"] == (None, 0.0, 0.5, "< 0,5")
    assert carrot["fat_g"] == (None, 0.0, None, "-")
    assert amounts(table, "Pâtisson cru") == {"protein_g": (1.2, 1.2, 1.2, "")}
    plain = settled(table).set_index(["food", "component"])["amount"]
    assert plain["Carrot, raw", "fibre_g"] == 0
    assert plain["Carrot, raw", "sugars_g"] == 0.25
    assert ("Carrot, raw", "fat_g") not in plain.index


def test_cofid(tmp_path: Path) -> None:
    meta = ["Food Code", "Food Name", "Description", "Group", "Previous", "Main data references", "Footnote"]
    foods = [("13-669", "Egg, boiled"), ("13-669", "Egg, fried"), ("14-319", "Raspberries, raw")]

    def sheet(names: list[str], codes: list[str], *rows: list[object]) -> list[list[object]]:
        head: list[list[object]] = [[*meta, *names], [*[None] * 7, *codes], [*[None] * 7, *names]]
        return head + [[*food, *[None] * 5, *row] for food, row in zip(foods, rows, strict=True)]

    path = workbook(
        tmp_path / "cofid.xlsx",
        {
            "1.3 Proximates": sheet(
                ["Protein (g)", "Energy (kcal) (kcal)", "AOAC fibre (g)"], ["PROT", "KCALS", "AOACFIB"],
                [14.1, 143, 0], [14.7, 202, "N"], [1.4, 25, 6.5],
            ),
            "1.4 Inorganics": sheet(["Sodium (mg)"], ["NA"], [154], [168], ["Tr"]),
            "1.5 Vitamins": sheet(["Vitamin C (mg)"], ["VITC"], [0], [0], [32]),
        },
    )  # fmt: skip
    table = read("cofid", path)
    assert amounts(table, "Raspberries, raw")["sodium_mg"] == (None, 0.0, None, "Tr")
    assert amounts(table, "Egg, fried")["fibre_g"] == (None, 0.0, None, "N")
    assert amounts(table, "Egg, boiled")["protein_g"][0] == 14.1  # one code, two foods
    assert amounts(table, "Raspberries, raw")["vitamin_c_mg"][0] == 32


def test_bls(tmp_path: Path) -> None:
    head = ["BLS Code", "Lebensmittelbezeichnung", "Food name", "ENERCC Energie (Kilokalorien) [kcal/100g]",
            "ENERCC Datenherkunft", "NA Natrium [mg/100g]", "NACL Salz (Natriumchlorid) [g/100g]",
            "FIBT Ballaststoffe, gesamt [g/100g]", "VITC Vitamin C [mg/100g]"]  # fmt: skip
    rows: list[list[object]] = [
        head,
        ["G620100", "Möhre roh", "Carrot raw", 39, "Analyse", 37.5, 0.09, "-", "<LOQ"],
        ["F110100", "Apfel roh", None, 57, "Analyse", "TR", 0, 2.3, 12],
    ]
    table = read("bls", workbook(tmp_path / "BLS_4_0_Daten_2025_DE.xlsx", {"BLS": rows}))
    carrot, apple = amounts(table, "Carrot raw"), amounts(table, "Apfel roh")
    assert carrot["sodium_mg"] == (37.5, 37.5, 37.5, "")
    assert carrot["vitamin_c_mg"] == (None, 0.0, None, "<LOQ")
    assert carrot["fibre_g"] == (None, 0.0, None, "-")
    assert apple["sodium_mg"] == (None, 0.0, None, "TR")
    assert apple["energy_kcal"][0] == 57


def test_open_food_facts_by_barcode(tmp_path: Path) -> None:
    text = (
        "code\tproduct_name\tserving_quantity\tenergy-kcal_100g\tproteins_100g\tproteins_serving\tsodium_100g\t"
        "sugars_100g\tsugars_serving\n"
        '0012345678905\tOat "drink"\t200\t45\t1\t2\t0.04\t4\t8\n'
        "7300000000001\tBar\t25\t\t\t2.5\t\t120\t\n"
        "7300000000002\tCrisps\t0\t500\t\t3\t-1\t0.5\t\n"
    )
    path = tmp_path / "products.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    table = read("off", tmp_path)
    drink, bar = amounts(table, 'Oat "drink"'), amounts(table, "Bar")
    assert set(table["food_id"]) == {"0012345678905", "7300000000001", "7300000000002"}
    assert drink["protein_g"] == (1.0, 1.0, 1.0, "")  # per 100 g, not per serving
    assert drink["sodium_mg"][0] == 40
    assert bar["protein_g"] == (10.0, 10.0, 10.0, "from an amount per serving")
    assert "sugars_g" not in bar  # 120 g in 100 g
    assert "protein_g" not in amounts(table, "Crisps")  # the serving is not known
    assert table.attrs["left_out"] == {"amounts below 0 or above 100 g": 2}


def fdc(folder: Path, values: str, foods: str, nutrients: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "food_nutrient.csv").write_text("fdc_id,nutrient_id,amount\n" + values)
    (folder / "food.csv").write_text("fdc_id,data_type,description\n" + foods)
    (folder / "nutrient.csv").write_text("id,nutrient_nbr\n" + nutrients)
    return folder


def test_an_empty_preferred_nutrient_gives_way(tmp_path: Path) -> None:
    place = fdc(
        tmp_path,
        "10,2033,40\n10,1079,\n10,1003,3.2\n",
        "10,foundation_food,Bran\n",
        "1079,291\n2033,293\n1003,203\n",
    )
    found = read("fdc", place).set_index("component")["amount"].to_dict()
    assert found == {"fibre_g": 40, "protein_g": 3.2}


def test_where_both_have_an_amount_the_preferred_one_counts(tmp_path: Path) -> None:
    place = fdc(tmp_path, "10,2033,40\n10,1079,38\n10,2047,243\n10,2048,229\n", "10,foundation_food,Bran\n",
                "1079,291\n2033,293\n2047,957\n2048,958\n")  # fmt: skip
    found = read("fdc", place).set_index("component")["amount"].to_dict()
    assert found == {"fibre_g": 38, "energy_kcal": 229}


def test_laboratory_samples_are_no_foods(tmp_path: Path) -> None:
    place = fdc(
        tmp_path,
        "1,2047,243\n1,2048,229\n1,1003,7.35\n2,1003,7.2\n3,1003,7.9\n4,1003,7\n",
        "1,foundation_food,Hummus\n2,sub_sample_food,Hummus\n"
        "3,market_acquisition,HUMMUS BRAND\n4,branded_food,Hummus\n",
        "1003,203\n2047,957\n2048,958\n",
    )
    table = read("fdc", place)
    assert table[["data_type", "food_id"]].drop_duplicates().to_numpy().tolist() == [
        ["foundation_food", "1"],
        ["branded_food", "4"],
    ]
    assert table.attrs["left_out"] == {"market_acquisition": 1, "sub_sample_food": 1}


def test_energy_below_0_is_refused(tmp_path: Path) -> None:
    place = fdc(tmp_path, "1,1008,-5\n", "1,branded_food,Odd\n", "1008,208\n")
    with pytest.raises(InputError, match="energy_kcal of food 1 is -5"):
        read("fdc", place)


@pytest.mark.parametrize("name", sorted(READERS))
def test_every_reader_says_what_is_missing(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        read(name, tmp_path / "empty")
    for ending in ("xlsx", "csv", "xml"):
        (tmp_path / "empty" / f"alim_1.{ending}").write_bytes(b"\x00\xff broken")
    with pytest.raises(InputError):
        read(name, tmp_path / "empty")


def test_an_unknown_reader_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'ciqua' is not a reader"):
        read("ciqua", tmp_path)


def test_study_toml_names_reader_and_place(tmp_path: Path) -> None:
    ciqual(tmp_path / "tables")
    (tmp_path / "study.toml").write_text(
        'title = "T"\n[sources]\ncomposition = "ciqual:tables"\npurchases = "till"\n'
    )
    study = Study.load(tmp_path)
    assert (study.reader("composition"), study.source("composition")) == ("ciqual", tmp_path / "tables")
    assert study.reader("purchases") == study.reader("nothing") == ""


def test_foods_of_a_named_source_get_the_study_s_columns(tmp_path: Path) -> None:
    table = read("ciqual", ciqual(tmp_path))
    foods = pd.DataFrame({"data_type": ["ciqual"], "food": ["Carrot, raw"]})
    row = composition_readers.derive(table, "ciqual", foods).iloc[0]
    assert (row["energy_kcal"], row["protein_g"], row["fibre_g"], row["sugars_g"]) == (40, 0.8, 0, 0.25)
    assert row["carbohydrate_g"] == 9.1  # available and fibre together
    assert row["filled"] == "carbohydrate_g"
    assert math.isnan(row["fat_g"])
    with pytest.raises(InputError, match="none of its foods is 'Carot, raw'"):
        composition_readers.derive(table, "ciqual", foods.assign(food="Carot, raw"))
