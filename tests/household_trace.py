"""Every figure printed on a household's page, reckoned again from its receipt lines and nothing else.

A figure that was checked is taken off the page; what is left at the end may hold no digit but in names,
dates, targets and sentences about the method.
"""

from __future__ import annotations

import math
import re
from calendar import month_name, monthrange
from collections.abc import Iterable
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup, Tag

FORMULAS = {
    "fat": (("fat_g", 900),),
    "saturated fat": (("sfa_g", 900),),
    "carbohydrate without fibre": (("carbohydrate_g", 400), ("fibre_g", -400)),
    "sugars": (("sugars_g", 400),),
    "added sugars (assumed)": (("added_sugars_g", 400),),
    "protein": (("protein_g", 400),),
    "fibre": (("fibre_g", 1000 / 4.184),),
    "salt": (("sodium_mg", 2.5 / 4.184),),
    "calcium": (("calcium_mg", 1000 / 4.184),),
    "iron": (("iron_mg", 1000 / 4.184),),
    "potassium": (("potassium_mg", 1000 / 4.184),),
    "vitamin C": (("vitamin_c_mg", 1000 / 4.184),),
    "folate": (("folate_ug", 1000 / 4.184),),
}
"""What a measure adds up, to be divided by kilocalories: written down again, not taken from the package."""
NUTRIENTS = {
    "energy": "energy_kcal", "fat": "fat_g", "saturated fatty acids": "sfa_g", "sugars": "sugars_g",
    "added sugars (assumed)": "added_sugars_g", "protein": "protein_g", "fibre": "fibre_g",
    "sodium": "sodium_mg",
}  # fmt: skip
DAILY_KCAL = {"adult": 2200, "child": 1800}
WORDS = {
    "alcohol": "alcohol, not counted", "infant": "infant food, not counted",
    "supplement": "supplements, not counted", "unknown": "no department, may be food",
}  # fmt: skip
SHARES = {
    "measured": "counted, weight measured", "tables": "counted, weight from tables",
    "assumed": "counted, weight assumed from the price",
}  # fmt: skip
NAMES = (
    "h1, h2, h3, h4, svg, .material, .own, .bounds, td.target, .verdict, td.position, figcaption, "
    "[scope=row], [scope=rowgroup], [scope=col], header, footer, .unit, #rests ~ ul"
)
"""Where digits may stand that no receipt line sums to: names, dates, targets, drawings, notes."""


class Trace:
    """A page beside all receipt lines of its household."""

    def __init__(self, html: str, lines: pd.DataFrame, window: tuple[str, ...], groups: Any) -> None:
        self.page = BeautifulSoup(html, "html.parser")
        self.window, self.groups, self.checked = window, groups, 0
        self.everything = lines[lines["month"].isin(window)]
        self.food = lines[lines["class"].isin(["food", "beverage"])]
        self.inside = self.food[self.food["month"].isin(window)]

    def all(self) -> int:
        """Check everything; how many figures were checked."""
        self.summaries()
        self.trend()
        self.contributions()
        self.groups_and_lines()
        self.changes()
        self.swaps()
        self.comparison()
        self.coverage()
        self.nothing_is_left()
        return self.checked

    def same(self, printed: str, value: float, where: object) -> None:
        """A printed figure is the value, to its last printed digit."""
        text = printed.strip().lstrip("$").removesuffix("%").removesuffix("kg").strip().replace(",", "")
        self.checked += 1
        if text == "–":
            assert math.isnan(value), where
            return
        half = 0.5 * 10 ** -len(text.partition(".")[2])
        assert abs(float(text) - value) <= half * (1 + 1e-6) + 1e-9 * abs(value), (where, printed, value)

    def take(self, element: Tag, value: float, where: object) -> None:
        """Check an element's figure and take it off the page."""
        self.same(element.get_text(), value, where)
        element.decompose()

    def rest(self, part: pd.DataFrame, text: str, values: Iterable[float], where: object) -> None:
        """Every number in a sentence is one of the values, in order."""
        found = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
        values = list(values)
        assert len(found) == len(values), (where, text)
        for number, value in zip(found, values, strict=True):
            self.same(number, value, where)

    def summaries(self) -> None:
        for section, months in zip(
            self.page.select("section.period"), (self.window[-1:], self.window), strict=True
        ):
            part = self.food[self.food["month"].isin(months)]
            counted = part[part["grams"] > 0]
            spent, behind = part["spend"].sum(), counted["spend"].sum()
            tiles = section.select(".tiles dd")
            self.take(tiles[0], spent, "spent")
            self.take(tiles[1], part["basket_id"].nunique(), "baskets")
            self.take(tiles[2], part["grams"].sum() / 1000, "weight")
            self.take(tiles[3], math.floor(round(100 * behind / spent, 6)), "coverage")
            said = section.select_one(".rests")
            shares = [
                100 * counted.loc[counted["share"] == name, "spend"].sum() / behind for name in SHARES
            ] if behind else []  # fmt: skip
            self.rest(part, said.get_text(), [behind, spent, *shares] if behind else [spent], "rests")
            said.decompose()
            self.need(section, part, months)
            for row in section.select("tr[data-measure]"):
                value = row.select_one(".big")
                amount = measure(part, row["data-name"])
                spread = row.select_one("td.number .unit")
                low, high = (float(x.replace(",", "")) for x in spread.get_text().split(" to "))
                assert low <= float(f"{amount:.10g}") + 0.01 * abs(amount)
                assert high >= amount - 0.01 * abs(amount)
                assert float(row["data-low"]) <= amount <= float(row["data-high"])
                self.take(value, amount, (row["data-name"], months))
                spread.decompose()
            for why in section.select(".missing"):
                self.reason(why, part)

    def reason(self, said: Tag, part: pd.DataFrame) -> None:
        """Why nothing is shown: too little food, or for too few months, or with too few weights."""
        spent = part["spend"].sum()
        reasons = {
            r"food for ([\d.,]+) was bought here": spent,
            r"food was bought here in (\d+) of": part["month"].nunique(),
            r"([\d.]+) % of the food spend has": 100 * part.loc[part["grams"] > 0, "spend"].sum() / spent,
        }
        for words, value in reasons.items():
            found = re.search(words, said.get_text())
            if found:
                self.same(found[1], value, said.get_text())
                said.decompose()
                return

    def need(self, section: Tag, part: pd.DataFrame, months: tuple[str, ...]) -> None:
        said = section.select_one(".need")
        found = re.match(r"For (\d+) adults?(?:, (\d+) child(?:ren)?)?: the energy", said.get_text())
        if found:
            daily = int(found[1]) * DAILY_KCAL["adult"] + int(found[2] or 0) * DAILY_KCAL["child"]
            need = daily * sum(days(month) for month in months)
            share = 100 * part["energy_kcal"].sum() / need
            self.rest(part, said.get_text()[found.end() :], [share, need], "need")
        said.decompose()

    def trend(self) -> None:
        months = sorted(self.food["month"].unique())
        for figure in self.page.select(".trends figure"):
            name = next(one for one in FORMULAS if figure.figcaption.get_text().startswith(f"{one} "))
            for row in figure.select("tbody tr"):
                month = numbered(row.th.get_text())
                value, rolling = row.select("td")
                three = previous(month, 3)
                for cell, span in ((value, [month]), (rolling, three)):
                    part = self.food[self.food["month"].isin(span)]
                    if cell.get_text() == "–":
                        cell.decompose()
                    else:
                        assert set(span) <= set(months)
                        self.take(cell, measure(part, name), (name, span))

    def contributions(self) -> None:
        for part in self.page.select("details.nutrient"):
            label = part.summary.get_text().partition(":")[0].strip()
            name = next(one for one in NUTRIENTS if one.lower() == label.lower())
            column = NUTRIENTS[name]
            sums = self.inside.groupby("group_name")[
                [column, f"{column}_low", f"{column}_high", "spend"]
            ].sum()
            whole = sums[column].sum()
            rows = part.select("tbody tr")
            assert {row.th.get_text() for row in rows} == set(sums.index[sums[column] > 0]), name
            for row in rows:
                mine = sums.loc[row.th.get_text()]
                share, amount, spread, spent = row.select("td")
                self.take(share, 100 * mine[column] / whole, (name, row.th.get_text()))
                self.take(amount, mine[column], (name, row.th.get_text()))
                low, high = spread.get_text().split(" to ")
                self.same(low, mine[f"{column}_low"], name)
                self.same(high, mine[f"{column}_high"], name)
                spread.decompose()
                self.take(spent, mine["spend"], name)
            if rows:
                top = re.search(r"\(([\d.]+) %\)$", part.summary.get_text().strip())
                self.same(top[1], 100 * sums[column].max() / whole, name)
            part.summary.decompose()

    def groups_and_lines(self) -> None:
        columns = ["spend", "grams", *NUTRIENTS.values()]
        left = set(self.inside.index)
        for part in self.page.select("details.group"):
            group = part["id"].removeprefix("group-")
            lines = self.inside[self.inside["group"] == group]
            spent, weight = part.summary.select_one(".unit").get_text().split(", ")
            self.same(spent, lines["spend"].sum(), group)
            self.same(weight, lines["grams"].sum() / 1000, group)
            items, receipt = part.select("table")
            for row, block in zip(items.select("tbody tr"), receipt.select("tbody"), strict=True):
                product = block["id"].removeprefix("lines-")
                assert row.a["href"] == f"#lines-{product}"
                mine = lines[lines["product_id"].astype(str) == product]
                printed = block.select("tr:has(td)")
                assert row.a.find(string=True) == str(len(mine)) == str(len(printed))
                self.checked += 1
                row.a.decompose()
                cells = row.select("td.number")
                for cell, column in zip(cells, columns, strict=True):
                    self.take(cell, mine[column].sum(), (group, product, column))
                for line, (place, real) in zip(printed, mine.iterrows(), strict=True):
                    day, basket, quantity, *amounts = line.select("td")
                    assert (day.get_text(), basket.get_text()) == (real["date"], str(real["basket_id"]))
                    self.take(quantity, real["quantity"], product)
                    for cell, column in zip(amounts, columns, strict=True):
                        self.take(cell, real[column], (group, product, column, day.get_text()))
                    line.decompose()
                    left.remove(place)
        assert not left, "lines of food that the page does not have"

    def changes(self) -> None:
        now = self.food[self.food["month"] == self.window[-1]]
        before = self.food[self.food["month"] == previous(self.window[-1], 2)[0]]
        for row in self.page.select("#changes ~ .wide tbody tr"):
            name = row.th.find(string=True)
            then, new, moved, why = row.select("td")
            self.take(then, measure(before, name), name)
            self.take(new, measure(now, name), name)
            self.take(moved, measure(now, name) - measure(before, name), name)
            for said in why.get_text().split("; "):
                group, _, by = said.rpartition(" ")
                parts = [
                    total(month[month["group_name"] == group], name) / month["energy_kcal"].sum()
                    for month in (before, now)
                ]
                self.same(by, parts[1] - parts[0], (name, group))
            why.decompose()

    def swaps(self) -> None:
        names = self.groups.groups.set_index("name")["group"]
        for item in self.page.select(".swaps li"):
            said = item.get_text()
            found = re.fullmatch(
                r"(.+?): (.+) in place of the usual mixture would mean ([\d,.]+) \S+ (less|more) (.+) over "
                r"these months, ([\d.]+) % of all of it\.", said,
            )  # fmt: skip
            assert found, said
            column = NUTRIENTS[found[5]]
            group = names[found[1]]
            members = self.groups.members[self.groups.members["group"] == group]
            grams = self.inside.loc[self.inside["group"] == group, "grams"].sum()
            usual = self.groups.middle.loc[group, column]
            off = [
                row[column]
                for _, row in members.iterrows()
                if row["food"].replace(", NFS", "").replace(" NFS", "").lower() == found[2].lower()
            ]
            saved = abs(off[0] - usual) * grams / 100
            assert (found[4] == "more") == (off[0] > usual)
            self.same(found[3], saved, said)
            self.same(found[6], 100 * saved / self.inside[column].sum(), said)
            item.decompose()

    def comparison(self) -> None:
        """This household's own figures; those of others are not sums of its lines."""
        for row in self.page.select("#others ~ .wide tbody tr"):
            own, middle = row.select("td.number")
            name = row.th.find(string=True)
            self.take(own, measure(self.inside, name), name)
            if middle.get_text() != "–":
                low, high = (float(one.replace(",", "")) for one in middle.get_text().split(" to "))
                assert low <= high
            middle.decompose()
        for said in self.page.select("#others ~ p"):
            if said.get("class") == ["missing"] and "similar" not in said.get_text():
                self.reason(said, self.inside)
            else:
                said.decompose()

    def coverage(self) -> None:
        lines, food = self.everything, self.everything["class"].isin(["food", "beverage"])
        what = lines["class"].map(WORDS).fillna("not food")
        what = what.where(~food, lines["share"].map(SHARES).fillna("no weight"))
        what = what.where(~food | lines["group"].ne(""), "food, not recognised")
        seen = 0
        for row in self.page.select("#rests ~ .wide tbody tr"):
            mine = lines[what == row.th.get_text()]
            spent, share, many = row.select("td")
            self.take(spent, mine["spend"].sum(), row.th.get_text())
            self.take(share, 100 * mine["spend"].sum() / lines["spend"].sum(), row.th.get_text())
            self.take(many, len(mine), row.th.get_text())
            seen += len(mine)
        assert seen == len(lines)

    def nothing_is_left(self) -> None:
        main = self.page.main
        for name in main.select(NAMES):
            if not name.decomposed:
                name.decompose()
        first = main.select_one("#foods")
        dated = re.compile(r"From \w+ \d{4} to \w+ \d{4}: what")
        left = [text for text in main.stripped_strings if re.search(r"\d", text) and not dated.match(text)]
        assert first is None
        assert left == []


def total(part: pd.DataFrame, name: str) -> float:
    return float(sum(part[column].sum() * factor for column, factor in FORMULAS[name]))


def measure(part: pd.DataFrame, name: str) -> float:
    """A measure of receipt lines."""
    energy = part["energy_kcal"].sum()
    return total(part, name) / energy if energy > 0 else math.nan


def numbered(words: str) -> str:
    """``November 2017`` as ``2017-11``."""
    name, year = words.split()
    return f"{year}-{list(month_name).index(name):02d}"


def previous(month: str, many: int) -> list[str]:
    """The months that end with this one."""
    last = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{place // 12}-{place % 12 + 1:02d}" for place in range(last - many + 1, last + 1)]


def days(month: str) -> int:
    """How many days a month has."""
    return monthrange(int(month[:4]), int(month[5:]))[1]
