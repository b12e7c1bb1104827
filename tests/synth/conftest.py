"""A small province, written once for all tests here and read with pandas: its own code is not asked."""

from datetime import date

import pandas as pd
import pytest

from saiban.synth.province import frame_of, write_province

HOUSEHOLDS = 6000
MONTH = date(2026, 10, 1)


class Written:
    """The files of a province as tables."""

    def __init__(self, folder, counts):
        self.folder, self.counts = folder, counts
        self.survey = pd.read_parquet(folder / "survey.parquet")
        self.electricity = pd.read_parquet(folder / "electricity-2026-10.parquet")
        self.vehicles = pd.read_parquet(folder / "vehicles-2026-10.parquet")
        self.households = pd.read_parquet(folder / "truth" / "households.parquet").set_index("household_no")
        self.persons = pd.read_parquet(folder / "truth" / "persons.parquet")
        self.planted = pd.read_parquet(folder / "truth" / "planted.parquet")
        self.lists = pd.concat(
            [
                pd.read_csv(path, dtype=str, keep_default_na=False)
                for path in sorted(folder.glob("lists/*.csv"))
            ]
        ).set_index(["scheme", "beneficiary_no"])
        self.beneficiaries = pd.read_parquet(folder / "truth" / "beneficiaries.parquet")
        self.heads = self.survey[self.survey.line_no == 1].set_index("household_no")

    def kind(self, kind):
        return self.planted[self.planted.kind == kind]


@pytest.fixture(scope="session")
def province(tmp_path_factory):
    folder = tmp_path_factory.mktemp("province")
    return Written(folder, write_province(frame_of(7, MONTH), HOUSEHOLDS, folder))
