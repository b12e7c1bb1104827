"""Two monthly feeds that agree with the hidden truth, as far as agencies do: electricity and vehicles."""

from datetime import date

import numpy as np

from saiban.data.facts import economy
from saiban.synth.draw import Bools, Columns, Floats, Ints, happens
from saiban.synth.fitted import CONSUMPTION, rates

# ln(housing spending a month) of PSLM 2015-16, Punjab: constant, ln household consumption, ln size, town
HOUSING = (-2.58, 1.046, -0.241, 0.227)
SLAB = 100
SLABS = ("100", "200", "300", "400", "500", "600", "700", "above")
MOST_UNITS = 5000
CLASSES = {
    "has_motorcycle": "motorcycle",
    "has_car": "car",
    "has_tractor": "tractor",
    "has_rickshaw": "rickshaw",
}
YEARS_OF_REGISTER = 10


def tariff(month: date) -> tuple[Ints, Ints]:
    """Paisa per unit in each slab in force in a month: for consumers up to 200 units, and for the others."""

    def paisa(series: str) -> int:
        return int(economy(f"tariff.{series}", on=month).value * 100)

    protected = np.array([paisa("protected_100"), paisa("protected_200")], dtype=np.int64)
    return protected, np.array([paisa(f"unprotected_{slab}") for slab in SLABS], dtype=np.int64)


def bill_paisa(units: Ints, month: date) -> Ints:
    """What the units cost: each slab at its rate. Whoever stays within 200 units is taken as protected."""
    protected, others = tariff(month)

    def cost(rate: Ints) -> Ints:
        total = np.zeros(len(units), dtype=np.int64)
        for slab, price in enumerate(rate):
            top = SLAB if slab < len(rate) - 1 else MOST_UNITS
            total += np.clip(units - slab * SLAB, 0, top) * price
        return total

    return np.where(units <= len(protected) * SLAB, cost(protected), cost(others))


def units_for(paisa: Floats, month: date) -> Floats:
    """How many units an amount buys at the rates of the unprotected, before seasons."""
    _, prices = tariff(month)
    edges = np.arange(len(prices)) * float(SLAB)
    costs = np.concatenate([[0.0], np.cumsum(prices[:-1] * SLAB)])
    full = costs[-1] + prices[-1] * (MOST_UNITS - edges[-1])
    return np.asarray(np.interp(paisa, [*costs, full], [*edges, float(MOST_UNITS)]))


def electricity(
    generator: np.random.Generator, now: Columns, homes: Columns, month: date
) -> tuple[Columns, Ints]:
    """One month of electricity: of the households truly connected, as far as the company covers them.

    In:  now (truth), homes: size, adult_equivalents (thousandths), reference (integer).
    Out: reference_no, units_kwh, bill_rupees, occupancy, connection; and the household rows they belong to.
    """
    plan = rates()["electricity"]
    rupees = now[CONSUMPTION] / 100 * homes["adult_equivalents"] / 1000
    const, slope, by_size, town = HOUSING
    spending = const + slope * np.log(rupees) + by_size * np.log(homes["size"]) + town * now["urban"]
    noise = plan["noise"] * generator.standard_normal(len(rupees))
    amount = np.exp(spending + noise) * plan["share_of_housing_spending"] * plan["price_level"] * 100
    units = np.rint(units_for(amount, month) * plan["seasons"][month.month - 1]).astype(np.int64)
    billed = np.flatnonzero(happens(generator, now["has_electricity"], plan["coverage"]))
    cut = generator.random(len(billed)) < plan["disconnected"]
    units = np.where(cut, 0, np.maximum(units[billed], 1))
    return {
        "reference_no": homes["reference"][billed],
        "units_kwh": units,
        "bill_rupees": (bill_paisa(units, month) + 50) // 100,
        "occupancy": np.where(now["dwelling_rented"][billed], "tenant", "owner"),
        "connection": np.where(cut, "disconnected", "active"),
    }, billed


def rickshaws(generator: np.random.Generator, self_employed: Bools) -> Bools:
    """Households that drive a rickshaw: no answer of the survey says so, only the register."""
    return happens(generator, self_employed, rates()["vehicles"]["rickshaw_of_self_employed"])


def vehicles(generator: np.random.Generator, now: Columns, homes: Columns, last_day: int) -> Columns:
    """The register of vehicles at the end of the month.

    In:  now (truth with has_rickshaw), homes: signs (number of who signs for the household, 0 for nobody),
         interview_day, bought_motorcycle, bought_car.
    Out: household (row, whose it truly is), owner (number), vehicle_class, registered_day, wrong_owner.
    """
    plan = rates()["vehicles"]
    parts = []
    for field, kind in CLASSES.items():
        registered = happens(generator, now[field] & (homes["signs"] > 0), plan["coverage"])
        new = homes.get(f"bought_{kind}", np.zeros(len(registered), dtype=np.bool_))
        since = np.where(new, homes["interview_day"], last_day - YEARS_OF_REGISTER * 365)
        day = since + np.floor((last_day - since) * generator.random(len(since))).astype(np.int64)
        late = new & (last_day - day < plan["late_months"] * 30)
        rows = np.flatnonzero(registered & ~late)
        parts.append((rows, np.full(len(rows), kind), day[rows]))
    household = np.concatenate([rows for rows, _, _ in parts])
    wrong = generator.random(len(household)) < plan["wrong_owner"]
    somebody = homes["signs"][generator.integers(0, len(homes["signs"]), size=len(household))]
    wrong &= (somebody > 0) & (somebody != homes["signs"][household])
    return {
        "household": household,
        "owner": np.where(wrong, somebody, homes["signs"][household]),
        "vehicle_class": np.concatenate([kinds for _, kinds, _ in parts]),
        "registered_day": np.concatenate([days for _, _, days in parts]),
        "wrong_owner": wrong,
    }


def registration_numbers(district: int, order: Ints) -> list[str]:
    """Plates that are unique in the province: four letters (two of the district) and four digits."""

    def letters(number: int) -> str:
        return chr(65 + number // 26 % 26) + chr(65 + number % 26)

    return [f"{letters(district)}{letters(int(i) // 10_000)}-{int(i) % 10_000:04d}" for i in order]
