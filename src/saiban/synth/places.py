"""Where households live: districts by the census, villages of a size, a point for each household."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from saiban.data.facts import AreaFact, areas
from saiban.synth.draw import UNIT, Columns, Ints, fixed_normals, largest_remainder, stream
from saiban.synth.fitted import STRATA, Stratum, district_shifts, rates, town_share

KM = 1 / 111.0  # degrees of latitude
VILLAGE_SPREAD_KM = 6.0
HOUSE_SPREAD_KM = 0.5
TOWN_WORDS = ("Mohalla", "Colony", "Town", "Bazaar", "Chowk")
VILLAGE_WORDS = ("Chak", "Basti", "Kot", "Mauza", "Dera", "Thatta")
PLACE_NAMES = (
    "Rasool Pur", "Islam Pura", "Sharif Abad", "Noor Pur", "Rehmat Abad", "Ahmad Abad", "Gulshan", "Madina",
    "Farid Abad", "Sultan Pur", "Karim Abad", "Jinnah", "Iqbal", "Qasim Pur", "Fateh Pur", "Rahim Abad",
    "Habib Abad", "Aziz Abad", "Latif Abad", "Hussain Abad", "Bilal", "Usman Abad", "Sadiq Abad",
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """The households of one district and stratum: how many, and from which number of the district on."""

    district: AreaFact
    stratum: Stratum
    households: int
    first: int

    @property
    def place(self) -> tuple[int, int]:
        """The numbers that begin every key of a random stream."""
        return district_number(self.district.code), STRATA.index(self.stratum)


def district_number(code: str) -> int:
    """PK617 -> 17."""
    return int(code[3:5])


def shares(households: int) -> list[Share]:
    """Divide households among districts by census households, then towns and villages by population."""
    districts = [area for area in areas().values() if area.level == "district"]
    numbers = largest_remainder(households, [district.households for district in districts])
    result = []
    for district, number in zip(districts, numbers, strict=True):
        parts = largest_remainder(number, [town_share(district.code, stratum) for stratum in STRATA])
        first = 0
        for stratum, part in zip(STRATA, parts, strict=True):
            result.append(Share(district, stratum, part, first))
            first += part
    return result


def tehsils_of(district: str) -> list[str]:
    """Codes of the tehsils of a district."""
    return [area.code for area in areas().values() if area.parent == district]


@cache
def every_tehsil() -> list[str]:
    """Codes of all tehsils."""
    return [code for code, area in areas().items() if area.level == "tehsil"]


def _tehsils(share: Share) -> tuple[list[AreaFact], list[float]]:
    tehsils = [area for area in areas().values() if area.parent == share.district.code]
    return tehsils, [tehsil.households * town_share(tehsil.code, share.stratum) for tehsil in tehsils]


def _village_name(word: str, number: int, name: str) -> str:
    return (
        f"Chak {number}"
        if word == "Chak"
        else f"{word} {name}"
        if word in VILLAGE_WORDS
        else f"{name} {word}"
    )


def villages(seed: int, share: Share) -> Columns:
    """The villages (in towns: mohallas) of a share.

    Out: one row per village: tehsil (code), name, latitude, longitude, and ``shift``, the latent shift of all
    who live there: that of the district and one of its own, in 1/4096 of a standard deviation.
    """
    count = max(1, -(-share.households // rates()["place"]["households_per_village"]))
    generator = stream(seed, (*share.place, 0), "villages")
    tehsils, weights = _tehsils(share)
    in_tehsil = np.repeat(np.arange(len(tehsils)), largest_remainder(count, weights))
    words = TOWN_WORDS if share.stratum == "urban" else VILLAGE_WORDS
    word = generator.integers(len(words), size=count)
    number, name = generator.integers(1, 600, size=count), generator.integers(len(PLACE_NAMES), size=count)
    spread = generator.standard_normal((count, 2)) * VILLAGE_SPREAD_KM * KM
    own = np.sqrt(rates()["place"]["village_variance"][share.stratum]) * fixed_normals(generator, (count,))
    shift = own + district_shifts(share.stratum).get(share.district.code, 0.0) * UNIT
    words_of = zip(word, number, name, strict=True)
    return {
        "tehsil": np.array([tehsils[i].code for i in in_tehsil]),
        "village": np.array([_village_name(words[w], n, PLACE_NAMES[p]) for w, n, p in words_of]),
        "latitude": np.array([float(tehsils[i].latitude) for i in in_tehsil]) + spread[:, 0],
        "longitude": np.array([float(tehsils[i].longitude) for i in in_tehsil]) + spread[:, 1],
        "shift": np.rint(shift).astype(np.int64),
    }  # fmt: skip


def homes(generator: np.random.Generator, share: Share, in_village: Ints, village: Columns) -> Columns:
    """Point and address of each household, around the point of its village."""
    count = len(in_village)
    spread = generator.standard_normal((count, 2)) * HOUSE_SPREAD_KM * KM
    street, house = generator.integers(1, 40, size=count), generator.integers(1, 400, size=count)
    names = village["village"][in_village]
    return {
        "tehsil": village["tehsil"][in_village],
        "village": names,
        "address": np.array(
            [f"House {h}, Street {s}, {v}" for h, s, v in zip(house, street, names, strict=True)]
        ),
        "latitude": np.round(village["latitude"][in_village] + spread[:, 0], 5),
        "longitude": np.round(village["longitude"][in_village] + spread[:, 1], 5),
    }
