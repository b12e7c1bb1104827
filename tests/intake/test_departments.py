"""A department sends and sees its own deliveries only; the owner of the registry all of them."""

import pytest
from django.urls import reverse

from saiban.core.errors import NotVisible
from saiban.data.errors import BadInput
from saiban.intake import services, sheets
from saiban.intake.forms import UploadForm
from saiban.intake.models import Batch, Source
from tests.intake import files

pytestmark = pytest.mark.django_db
FAULTY = files.PLACE | {"amount": "9000.005"}


@pytest.fixture
def pensions(send, tmp_path):
    """A list of another department than zakat, with a rejected row."""
    rows = [row | {"scheme": "EOBI-OAP"} for row in (FAULTY, files.place(2))]
    path = files.as_csv(tmp_path / "pensions-2026-05.csv", rows)
    batch = send(path, source="eobi-list", scheme="EOBI-OAP")
    assert batch.rejected_rows == 1, batch.refusal
    return batch


@pytest.fixture
def alms(send, tmp_path):
    """A list of zakat, with a rejected row."""
    path = files.as_csv(tmp_path / "alms-2026-05.csv", [FAULTY, files.place(2)])
    return send(path, source="zakat-list", scheme="ZK-GA")


def test_a_department_sees_its_own_deliveries_only(pensions, alms, zakat_manager, programme_manager):
    assert list(Batch.objects.visible_to(zakat_manager)) == [alms]
    assert set(Batch.objects.visible_to(programme_manager)) == {alms, pensions}


def test_a_department_does_not_get_the_rejected_rows_of_another(pensions, alms, zakat_manager):
    assert b"Zainab" in sheets.rejected_sheet(actor=zakat_manager, batch_id=alms.pk, kind="csv").content
    with pytest.raises(NotVisible):
        sheets.rejected_sheet(actor=zakat_manager, batch_id=pensions.pk, kind="csv")


def test_no_page_tells_a_department_of_the_deliveries_of_another(enter, pensions, alms, zakat_manager):
    client = enter(zakat_manager)
    assert client.get(reverse("intake:batch", args=[pensions.pk])).status_code == 404
    for address in (
        reverse("intake:batches"),
        reverse("intake:source", args=[pensions.source_id]),
        reverse("intake:sources"),
        reverse("desk:today"),
        reverse("desk:progress"),
    ):
        page = client.get(address).content.decode()
        assert "pensions-2026-05.csv" not in page, address
        assert reverse("intake:batch", args=[pensions.pk]) not in page, address


def test_a_department_sends_its_own_lists_only(sources, tmp_path, zakat_manager, programme_manager):
    path = files.as_csv(tmp_path / "survey.csv", files.household())
    with pytest.raises(BadInput, match="no such source"):
        services.receive_batch(actor=zakat_manager, source_code="psc-survey", file_name=path.name, path=path)
    offered = UploadForm(zakat_manager).fields["source"].queryset
    assert [source.code for source in offered] == ["zakat-list"]
    assert Source.objects.get(code="psc-survey") in UploadForm(programme_manager).fields["source"].queryset
