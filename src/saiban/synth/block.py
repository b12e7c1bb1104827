"""One block of households of one district, complete: truth, survey rows, feeds, notes of what is planted."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from saiban.synth import feeds, households, identity, people, planted, reports, schooling
from saiban.synth.draw import Columns, Ints, stream
from saiban.synth.fitted import copula
from saiban.synth.places import Share, district_number, homes

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Frame:
    """What is the same for the whole province: seed, month of the feeds, its last day (since 1970)."""

    seed: int
    month: date
    last_day: int


@dataclass(frozen=True)
class Block:
    """A complete block, the ``number``-th of its share: ``truth`` and ``said`` by household, ``persons`` and
    ``rows`` by person."""

    share: Share
    number: int
    order: Ints
    homes: Columns
    truth: Columns
    said: Columns
    notes: Columns
    persons: Columns
    rows: Columns
    pairs: Columns
    electricity: Columns
    billed: Ints
    vehicles: Columns


def _members(frame: Frame, place: tuple[int, ...], plan: Columns, interview: Ints) -> Columns:
    members = people.draw_people(stream(frame.seed, place, "people"), plan)
    members |= schooling.at_school(stream(frame.seed, place, "schooling"), members, plan)
    members |= schooling.at_work(stream(frame.seed, place, "work"), members, plan)
    members |= identity.draw_names(stream(frame.seed, place, "names"), members, len(interview))
    numbers = stream(frame.seed, place, "numbers")
    members |= identity.draw_numbers(numbers, members, place[0], place[2] * 2 + place[1])
    members["interview_day"] = interview[members["household"]]
    # A birthday within the year before the interview, so that the age in whole years is the one drawn.
    days = np.floor(numbers.random(len(members["age"])) * 364).astype(np.int64)
    members["birth_day"] = years_back(members["interview_day"], members["age"]) - days
    return members


def years_back(days: Ints, years: Ints) -> Ints:
    """The same day of the year so many years earlier (29 February becomes 1 March)."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day_of_month = (dates - months.astype("datetime64[D]")).astype(np.int64)
    earlier = (months - 12 * years.astype("timedelta64[M]")).astype("datetime64[D]").astype(np.int64)
    return np.asarray(earlier + day_of_month)


def _home_columns(
    frame: Frame, share: Share, place: tuple[int, ...], order: Ints, village: Columns
) -> Columns:
    count, villages = share.households, len(village["shift"])
    in_village = (order - share.first) * villages // count
    generator = stream(frame.seed, place, "interviews")
    columns = homes(generator, share, in_village, village)
    columns["shift"] = village["shift"][in_village]
    columns["interview_day"] = reports.interview_days(generator, len(order), frame.last_day)
    columns["reference"] = identity.electricity_references(district_number(share.district.code), order)
    return columns


def _phones(frame: Frame, place: tuple[int, ...], order: Ints, then: Columns) -> Ints:
    return identity.phone_numbers(
        stream(frame.seed, place, "telephones"), place[0], order, then["has_mobile"]
    )


def make_block(frame: Frame, share: Share, number: int, order: Ints, village: Columns) -> Block:
    """Make the households with the given order numbers (within the district) and all that belongs to them."""
    place = (*share.place, number)
    home = _home_columns(frame, share, place, order, village)
    answer, asset = stream(frame.seed, place, "answers"), stream(frame.seed, place, "assets")
    urban = share.stratum == "urban"
    then, plan = households.draw_households(answer, asset, copula(share.stratum), home["shift"], urban)
    members = _members(frame, place, plan, home["interview_day"])
    counted = schooling.composition(members, len(order))
    years = (frame.last_day - home["interview_day"]) / reports.DAYS_OF_YEAR
    now, changed = reports.live_on(stream(frame.seed, place, "changes"), then, years)
    misreport, plant = stream(frame.seed, place, "misreports"), stream(frame.seed, place, "planted")
    said, wrong = reports.say(misreport, then)
    rows, pairs = planted.survey_rows((misreport, plant), members, len(order))
    signs = identity.owners(members, len(order))
    home |= {
        "phone": _phones(frame, place, order, then),
        "size": counted["household_size"],
        "adult_equivalents": schooling.adult_equivalents_milli(members, len(order)),
        "signs": np.where(signs >= 0, members["number"][signs], 0),
        **{change: changed[change] for change in ("bought_motorcycle", "bought_car")},
    }
    drive, power = stream(frame.seed, place, "vehicles"), stream(frame.seed, place, "electricity")
    now["has_rickshaw"] = feeds.rickshaws(drive, counted["workers_self_employed"] > 0)
    current, billed = feeds.electricity(power, now, home, frame.month)
    return Block(
        share=share, number=number, order=order, homes=home, truth=now | counted, said=said,
        notes=changed | wrong, persons=members, rows=rows, pairs=pairs, electricity=current, billed=billed,
        vehicles=feeds.vehicles(drive, now, home, frame.last_day),
    )  # fmt: skip
