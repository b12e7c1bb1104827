"""Truth, misreports, changes and feeds: what is planted is noted, and nothing else differs."""

import json
from datetime import date
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from saiban.synth.feeds import bill_paisa, units_for

HIDDEN = {
    "hid_motorcycle": "has_motorcycle",
    "hid_car": "has_car",
    "hid_air_conditioner": "has_air_conditioner",
    "hid_refrigerator": "has_refrigerator",
    "hid_land": "farms_land",
    "denied_electricity": "has_electricity",
    "denied_tenancy": "dwelling_rented",
}
CHANGED = {
    "bought_motorcycle": ("has_motorcycle", True),
    "sold_motorcycle": ("has_motorcycle", False),
    "bought_car": ("has_car", True),
    "bought_refrigerator": ("has_refrigerator", True),
    "moved_to_rented": ("dwelling_rented", True),
    "got_electricity": ("has_electricity", True),
    "lost_electricity": ("has_electricity", False),
}
MONTH = date(2026, 10, 1)


@pytest.mark.parametrize("field", sorted(set(HIDDEN.values())))
def test_an_answer_differs_from_the_truth_only_where_it_is_noted(province, field):
    notes = [kind for kind, of in HIDDEN.items() if of == field]
    notes += [kind for kind, (of, _) in CHANGED.items() if of == field]
    noted = province.households[notes].any(axis=1)
    said = province.heads[field].reindex(province.households.index) == "yes"
    assert (said == province.households[field])[~noted].all()
    assert (said != province.households[field]).sum() > 5


@pytest.mark.parametrize(
    "field", ["rooms", "water_source", "toilet", "drainage", "dwelling_kind", "has_gas", "urban"]
)
def test_answers_that_nobody_hides_are_true(province, field):
    said = province.heads[field].reindex(province.households.index)
    truth = province.households[field]
    assert ((said == "yes") == truth if truth.dtype == bool else said == truth).all()


@pytest.mark.parametrize(("kind", "outcome"), CHANGED.items())
def test_what_happened_after_the_interview_is_true_now(province, kind, outcome):
    field, value = outcome
    happened = province.households[kind]
    assert happened.any()
    assert (province.households.loc[happened, field] == value).all()


def test_every_note_is_listed_among_the_planted(province):
    for kind in [*HIDDEN, *CHANGED]:
        noted = province.households.index[province.households[kind]]
        assert set(province.kind(kind).id) == set(noted), kind


def test_planted_persons_are_the_person_they_are_said_to_be(province):
    rows = province.survey.assign(
        id=province.survey.household_no + "/" + province.survey.line_no.astype(str)
    ).set_index("id")
    for kind in ("same_person_same_number", "same_person_no_number"):
        planted = province.kind(kind)
        assert len(planted) > 5
        twin, original = rows.loc[planted.id], rows.loc[planted.true_value]
        assert (twin.birth_date.to_numpy() == original.birth_date.to_numpy()).all()
        assert (twin.household_no.to_numpy() != original.household_no.to_numpy()).all()
        same = twin.cnic.to_numpy() == original.cnic.to_numpy()
        assert same.all() if kind == "same_person_same_number" else (twin.cnic == "").all()


def test_a_shared_number_is_truly_another_man_s(province):
    rows = province.survey.assign(
        id=province.survey.household_no + "/" + province.survey.line_no.astype(str)
    ).set_index("id")
    planted = province.kind("number_two_claimants")
    assert len(planted) >= 2
    for entry in planted.itertuples():
        shown = rows.loc[entry.id].cnic
        assert shown != entry.true_value
        assert (province.survey.cnic == shown).sum() == 2


def test_a_child_that_was_added_is_not_among_the_persons(province):
    keys = set(province.persons.household_no + "/" + province.persons.line_no.astype(str))
    added = province.kind("added_child")
    assert len(added) > 50
    assert not keys & set(added.id)
    assert len(province.survey) == len(keys) + sum(
        len(province.kind(kind))
        for kind in ("added_child", "same_person_same_number", "same_person_no_number")
    )


def test_bills_go_to_connected_households_only_and_say_who_lives_there(province):
    references = province.households.reset_index().set_index("electricity_reference")
    assert province.electricity.reference_no.is_unique
    assert province.electricity.reference_no.str.fullmatch(r"\d{2}9\d{11}").all()
    homes = references.loc[province.electricity.reference_no]
    assert homes.has_electricity.all()
    assert ((province.electricity.occupancy == "tenant").to_numpy() == homes.dwelling_rented.to_numpy()).all()
    assert 0.95 < len(homes) / province.households.has_electricity.sum() < 0.99


def test_a_shown_reference_is_the_household_s_own(province):
    shown = province.heads[province.heads.electricity_reference != ""]
    assert (shown.has_electricity == "yes").all()
    still = province.households.loc[shown.index]
    still = still[still.has_electricity]
    assert (still.electricity_reference == shown.electricity_reference.loc[still.index]).all()


def test_units_follow_hidden_consumption(province):
    bills = province.electricity[province.electricity.connection == "active"].set_index("reference_no")
    truth = province.households[province.households.electricity_reference.isin(bills.index)]
    units = bills.units_kwh.loc[truth.electricity_reference].to_numpy()
    assert 0.4 < np.corrcoef(np.log(units), np.log(truth.consumption_paisa))[0, 1] < 0.8
    assert (province.electricity[province.electricity.connection == "disconnected"].units_kwh == 0).all()


@pytest.mark.parametrize(
    ("units", "rupees"),
    [
        (0, 0),
        (100, 1054),  # 100 × 10.54
        (200, 1054 + 1301),  # and 100 × 13.01
        (201, 2244 + 2891 + 33.10),  # unprotected from the first unit
        (750, 2244 + 2891 + 3310 + 3799 + 4020 + 4162 + 4276 + 50 * 47.69),
    ],
)
def test_a_bill_is_the_sum_of_its_slabs(units, rupees):
    assert bill_paisa(np.array([units]), MONTH)[0] == round(rupees * 100)


def test_units_for_an_amount_give_the_amount_back():
    units = np.array([201, 333, 700, 1234])
    assert np.allclose(units_for(bill_paisa(units, MONTH).astype(float), MONTH), units)


def test_a_vehicle_in_the_register_is_truly_owned(province):
    persons = province.persons[province.persons.cnic != ""].set_index("cnic").household_no
    right = province.vehicles[~province.vehicles.registration_no.isin(province.kind("wrong_owner").id)]
    homes = province.households.loc[persons.loc[right.owner_cnic]]
    for kind in ("motorcycle", "car", "tractor", "rickshaw"):
        of_kind = (right.vehicle_class == kind).to_numpy()
        assert of_kind.any()
        assert homes[f"has_{kind}"].to_numpy()[of_kind].all(), kind


def test_a_wrong_owner_is_noted_with_the_household_that_drives(province):
    wrong = province.kind("wrong_owner").set_index("id").true_value
    rows = province.vehicles.set_index("registration_no").loc[wrong.index]
    written_on = rows.owner_cnic.map(
        province.persons[province.persons.cnic != ""].set_index("cnic").household_no
    )
    assert 0.04 < len(wrong) / len(province.vehicles) < 0.08
    assert (written_on != wrong).all()
    asset = [
        province.households.loc[home, f"has_{kind}"]
        for home, kind in zip(wrong, rows.vehicle_class, strict=True)
    ]
    assert all(asset)


def test_a_motorcycle_bought_lately_is_not_registered_yet(province):
    buyers = province.households.index[province.households.bought_motorcycle]
    wrong = province.kind("wrong_owner").id
    rows = province.vehicles[
        (province.vehicles.vehicle_class == "motorcycle") & ~province.vehicles.registration_no.isin(wrong)
    ]
    homes = rows.owner_cnic.map(province.persons[province.persons.cnic != ""].set_index("cnic").household_no)
    bought = rows[homes.isin(buyers)]
    interview = homes[homes.isin(buyers)].map(province.heads.interviewed_on)
    assert len(bought) > 50
    assert (pd.to_datetime(bought.registered_on) >= pd.to_datetime(interview)).all()
    assert pd.to_datetime(bought.registered_on).max() <= pd.Timestamp("2026-08-02")


def test_plates_are_unique(province):
    assert province.vehicles.registration_no.is_unique
    assert province.vehicles.registration_no.str.fullmatch(r"[A-Z]{4}-\d{4}").all()


def test_assets_stand_at_the_shares_of_the_survey(province):
    aims = json.loads((files("saiban.synth") / "parameters" / "assets.json").read_text("utf-8"))["shares"]
    for asset, aim in aims.items():
        noted = [kind for kind, field in HIDDEN.items() if field == asset]
        at_interview = (province.heads[asset] == "yes") | province.households[noted].any(axis=1).reindex(
            province.heads.index
        )
        assert abs(at_interview.mean() - aim) < 0.03, asset
