"""Compose the purchases of a retailer in another language and currency, with what makes food of them.

    python make.py [--to .]

Everything is made up: no shop, household or price exists. The till writes Finnish, euros, decimal commas and
semicolons. Three departments are named in the rules of what is food, one is left out on purpose, and so are
two kinds of products in the food map: `casestudy nutrition coverage` then says what is not mapped, by sales.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from pathlib import Path

MAIN = Path(__file__).resolve().parent.parent.parent / "profiles"
SHARED = (
    *("composition.csv", "composition-fills.csv", "food-groups.csv", "food-mixtures.csv"),
    *("unit-weights.csv", "energy-needs.csv", "food-equivalents.csv"),
)
STUDY = """title = "Another retailer: receipts in Finnish and euros"
language = "en"
floor = 5

[data_status]
purchases = "The purchases are composed by make.py; no shop, household or price exists."
composition = "Food composition is an extract of the USDA's FoodData Central."

[sources]
purchases = "till"
"""
# id, department, category, type, size, price in cents, food group ("" where the map leaves it out)
PRODUCTS = [
    ("m1", "MAITO JA MUNAT", "MAITO", "KEVYTMAITO", "1 l", 115, "milk"),
    ("m2", "MAITO JA MUNAT", "MAITO", "TÄYSMAITO", "1,5 l", 189, "milk"),
    ("m3", "MAITO JA MUNAT", "JOGURTIT", "MARJAJOGURTTI", "4 x 125 g", 199, "yogurt"),
    ("m4", "MAITO JA MUNAT", "JUUSTOT", "EDAM", "500 g", 549, "cheese-natural"),
    ("m5", "MAITO JA MUNAT", "MUNAT", "VAPAAN KANAN MUNAT", "10 kpl", 289, "eggs"),
    ("k1", "KUIVATUOTTEET", "LEIPÄ", "RUISLEIPÄ", "500 ge", 219, "bread-rye"),
    ("k2", "KUIVATUOTTEET", "HIUTALEET", "KAURAHIUTALEET", "1.000 g", 189, "oats"),
    ("k3", "KUIVATUOTTEET", "PASTA", "MAKARONI", "0,4 kg", 79, "pasta-dry"),
    ("k4", "KUIVATUOTTEET", "MAKEISET", "LAKRITSI", "150 g", 229, ""),
    ("j1", "JUOMAT", "VIRVOITUSJUOMAT", "KOLAJUOMA", "6 x 0,33 l", 429, "soft-drink"),
    ("j2", "JUOMAT", "MEHUT", "APPELSIINIMEHU", "1 l", 199, "juice-orange"),
    ("j3", "JUOMAT", "KAHVI", "SUODATINKAHVI", "500 g", 595, ""),
    ("v1", "HEDELMÄT JA VIHANNEKSET", "HEDELMÄT", "BANAANI", "kg", 169, "bananas"),
    ("v2", "HEDELMÄT JA VIHANNEKSET", "VIHANNEKSET", "PORKKANA", "1 kg", 129, "carrots"),
    ("t1", "TALOUSTAVARA", "PAPERIT", "TALOUSPAPERI", "8 rl", 499, ""),
]
FOOD = {"MAITO JA MUNAT": "food", "KUIVATUOTTEET": "food", "JUOMAT": "beverage"}
"""The rules leave out HEDELMÄT JA VIHANNEKSET: the last rule takes it for non-food."""
RULES = [*((name, "*", kind, "") for name, kind in FOOD.items()), ("*", "*", "non-food", "")]
DEFAULTS = [("KUIVATUOTTEET", "MAKEISET", "candy-sugar")]
"""JUOMAT / KAHVI has neither a row nor a default."""
PRICES = [("bananas", "*", 1.6), ("soft-drink", "*", 1.9), ("milk", "*", 1.1), ("coffee", "*", 11.0)]
HOMES = [f"talous{number:02}" for number in range(1, 13)]


def lines() -> list[tuple[str, str, str, str, str, str, str]]:
    """Receipt lines of a quarter: every household once a week, products in turn, quantities 1 to 3."""
    made = []
    for week in range(12):
        month, day = 1 + week // 4, 1 + 7 * (week % 4)
        for place, home in enumerate(HOMES):
            basket = f"{home}-{week:02}"
            clock = f"2024-{month:02}-{day:02} {9 + place % 10}:{5 * place:02}:00"
            for number, (product, _, _, _, size, cents, _) in enumerate(PRODUCTS):
                if (number + place + week) % 3 == 0:
                    continue
                times = 1 + (number + week) % 3
                weighed = size == "kg"
                quantity = f"{0.35 * times:.3f}".replace(".", ",") if weighed else str(times)
                paid = round(cents * (0.35 * times if weighed else times))
                amount = f"{paid // 100},{paid % 100:02}"
                made.append((home, clock, product, quantity, amount, "EUR", basket))
    return made


def write(path: Path, head: str, rows: list[tuple[object, ...]], separator: str = ",") -> None:
    """A CSV file with its header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        writer.writerow(head.split(","))
        writer.writerows(rows)


def make(folder: Path) -> None:
    """Write the study: its till, its rules and its food map; composition and groups are the main study's."""
    for name in SHARED:
        (folder / "profiles").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MAIN / name, folder / "profiles" / name)
    shutil.copytree(MAIN / "recommendations", folder / "profiles" / "recommendations", dirs_exist_ok=True)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    products = [(one[0], *one[1:5]) for one in PRODUCTS]
    write(folder / "till/products.csv", "product_id,department,category,type,size", products, ";")
    write(folder / "till/lines.csv", "household_id,timestamp,product_id,quantity,amount,currency,basket_id",
          lines(), ";")  # fmt: skip
    profiles = folder / "profiles"
    prices = [(group, kind, price, 0.8 * price, 1.2 * price, "made up") for group, kind, price in PRICES]
    write(profiles / "food-classes.csv", "department,category,class,why", RULES)
    mapped = [(one[1], one[2], one[3], one[6]) for one in PRODUCTS if one[6] and one[1] in FOOD]
    write(profiles / "food-map.csv", "department,category,type,group", mapped)
    write(profiles / "food-map-defaults.csv", "department,category,group", DEFAULTS)
    write(profiles / "prices-per-kg.csv", "group,type,price_per_kg,low,high,source", prices)


def main() -> None:
    """Run as a script."""
    parser = argparse.ArgumentParser(description="Compose the purchases of a retailer in Finnish and euros.")
    parser.add_argument("--to", type=Path, default=Path(), help="folder to write to (default: here)")
    folder = parser.parse_args().to
    make(folder)
    print(f"{folder}: {len(lines()):,} receipt lines of {len(PRODUCTS)} products.")


if __name__ == "__main__":
    main()
