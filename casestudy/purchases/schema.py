"""What purchases are: the columns of receipt lines and products, for any retailer."""

from __future__ import annotations

from casestudy.files.tables import Column, Schema

LINES = Schema(
    "receipt lines",
    (
        Column("household_id", "text", "who bought: a household, or the holder of a card"),
        Column("timestamp", "timestamp", "when; local time, or with an offset from UTC"),
        Column("product_id", "text", "what was bought: a key of the product table"),
        Column("quantity", "number", "how many units, or how much of a unit sold by weight", "units"),
        Column("amount", "number", "what was paid for the line after discounts", "currency units"),
        Column(
            "basket_id",
            "text",
            "which receipt; household and time make one where it is missing",
            required=False,
        ),
        Column("currency", "text", "code of the currency; one file holds one", required=False),
    ),
)

PRODUCTS = Schema(
    "products",
    (
        Column("product_id", "text", "the product's key", unique=True),
        Column("department", "text", "the retailer's broadest group", required=False),
        Column("category", "text", "the retailer's middle group", required=False),
        Column("type", "text", "the retailer's narrowest group", required=False),
        Column("size", "text", "the package size as the retailer writes it", required=False),
        Column("brand", "text", "the brand, or whether it is the retailer's own", required=False),
    ),
)

CLASSES = (
    "food",
    "beverage",
    "alcohol",
    "infant",
    "supplement",
    "pet",
    "tobacco",
    "non-food",
    "unknown",
)
"""What a product is, decided on department and category: see `casestudy.purchases.food`."""

FOOD = ("food", "beverage")
"""The classes whose nutrients are counted: food and drinks without alcohol."""

LARGE_QUANTITY = 1000
"""Units in one line above which the unit of the quantity is doubted; the weight of food in such a line is not
counted, its amount is."""

HEAVIEST_MG = 25_000_000_000
"""Milligrams in one line, a thousand of the heaviest packages, above which its weight is not counted: so an
absurd amount of money cannot make absurd food, and every product with a nutrient fits into 64 bits."""

FOOD_CLASSES = Schema(
    "food classes",
    (
        Column("department", "text", "a department, or * for every one"),
        Column("category", "text", "a category, * for every one, or - for none given"),
        Column("class", "text", "what products of it are", allowed=CLASSES),
        Column("why", "text", "the reason, where it is not plain", required=False),
    ),
)
