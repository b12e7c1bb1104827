"""The pages, as a person sees them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from saiban.core.models import Audit, Progress
from saiban.intake import tasks
from saiban.intake.mapping import all_fields, list_format
from saiban.intake.models import Batch, Source
from tests.intake import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def faulty(send, tmp_path):
    """A batch with one household taken and one rejected."""
    bad = files.household(
        "H-2", members=[files.HEAD | {"birth_date": "1980-02-31", "cnic": files.number(77)}]
    )
    return send(files.as_csv(tmp_path / "survey-2026-05.csv", [*files.household(), *bad]))


def uploaded(client, path, source="psc-survey"):
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(reverse("intake:upload"), {"source": source, "file": file})


def test_an_upload_leads_to_its_batch_and_the_worker_loads_it(enter, manager, sources, tmp_path):
    client = enter(manager)
    answer = uploaded(client, files.as_csv(tmp_path / "s.csv", files.household()))
    batch = Batch.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("intake:batch", args=[batch.pk])
    assert "Waiting for the worker" in client.get(answer.url).content.decode()
    (waiting,) = DBTaskResult.objects.all()
    tasks.load_uploaded.call(*waiting.args_kwargs["args"], **waiting.args_kwargs["kwargs"])
    batch.refresh_from_db()
    assert (batch.state, batch.received_by) == ("applied", manager)


def test_the_same_file_again_is_an_error_of_the_form(enter, manager, send, tmp_path):
    path = files.as_csv(tmp_path / "s.csv", files.household())
    send(path)
    answer = uploaded(enter(manager), path)
    assert answer.status_code == 422
    assert "was received before" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_batch_shows_the_river_and_what_to_mend(enter, manager, faulty, language):
    page = enter(manager, language).get(reverse("intake:batch", args=[faulty.pk])).content.decode()
    with translation.override(language):
        for said in ("There is no such day.", "a day of the calendar, such as 2026-11-14", "Observations"):
            assert translation.gettext(said) in page
    assert "1980-02-31" not in page
    assert 'class="river"' in page


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_refused_file_says_where_and_what_is_expected(enter, manager, send, tmp_path, language):
    rows = [
        {("roomz" if key == "rooms" else key): value for key, value in row.items()}
        for row in files.household()
    ]
    batch = send(files.as_csv(tmp_path / "renamed.csv", rows))
    page = enter(manager, language).get(reverse("intake:batch", args=[batch.pk])).content.decode()
    assert "renamed.csv, row 1" in page
    assert "roomz" in page
    with translation.override(language):
        assert translation.gettext("This file was refused; nothing of it was loaded") in page


def test_a_rejected_row_names_its_column_in_words_and_hides_the_year_only(enter, manager, faulty):
    page = enter(manager).get(reverse("intake:batch", args=[faulty.pk])).content.decode()
    table = page.split("<tbody")[1]
    assert "birth_date" in table
    assert "Birth date" in table
    assert "****-02-31" in table
    assert "whole in the sheet" in table
    page = enter(manager, "ur").get(reverse("intake:batch", args=[faulty.pk])).content.decode()
    assert all_fields()["birth_date"].label["ur"] in page.split("<tbody")[1]


def test_the_page_of_a_source_does_not_repeat_the_source_in_its_table(enter, manager, faulty):
    page = enter(manager).get(reverse("intake:source", args=[faulty.source_id])).content.decode()
    heading = page.split("<thead")[1].split("</thead")[0]
    assert "Rows" in heading
    assert "Source" not in heading


def test_work_that_broke_off_says_what_to_do(enter, manager, faulty):
    Progress.objects.filter(subject_id=faulty.pk).update(state="failed", error="ValueError in tests, line 3")
    page = enter(manager).get(reverse("intake:batch", args=[faulty.pk])).content.decode()
    assert "This work broke off." in page
    assert "ValueError in tests, line 3" in page


def test_rejected_rows_are_narrowed_by_reason(enter, manager, faulty):
    client, url = enter(manager), reverse("intake:batch", args=[faulty.pk])
    assert (
        "There is no such day."
        in client.get(url, {"reason": "no_such_day"}).content.decode().split("<tbody")[1]
    )
    assert "No row was rejected." in client.get(url, {"reason": "no_head"}).content.decode()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_download_is_audited_and_only_for_who_may(enter, manager, auditor, faulty, kind):
    url = reverse("intake:rejected-sheet", args=[faulty.pk, kind])
    assert enter(auditor).get(url).status_code == 403
    answer = enter(manager).get(url)
    assert f"mend-survey-2026-05.{kind}" in answer["Content-Disposition"]
    assert (
        Audit.objects.filter(action="intake.batch.download_rejected", kind="look", actor=manager).count() == 1
    )


def test_an_unknown_kind_of_sheet_is_no_page(enter, manager, faulty):
    assert enter(manager).get(reverse("intake:rejected-sheet", args=[faulty.pk, "pdf"])).status_code == 404


def test_a_clerk_sees_no_batches(enter, clerk, faulty):
    client = enter(clerk)
    assert client.get(reverse("intake:batches")).status_code == 403
    assert client.get(reverse("intake:batch", args=[faulty.pk])).status_code == 404
    assert client.get(reverse("intake:upload")).status_code == 403


@pytest.mark.parametrize("language", ["en", "ur"])
def test_sources_show_their_last_delivery_and_agreement(enter, manager, faulty, language):
    client = enter(manager, language)
    assert client.get(reverse("intake:sources")).status_code == 200
    page = client.get(reverse("intake:source", args=[faulty.source_id])).content.decode()
    assert "AG-PSC" in page
    assert faulty.file_name in page


def test_a_source_without_agreement_says_so(enter, manager, sources, administrator):
    from saiban.partners import services
    from saiban.partners.models import Agreement

    agreement = Agreement.objects.get(code="AG-PSC")
    services.end_agreement(actor=administrator, agreement_id=agreement.pk, reason="no longer wanted")
    source = Source.objects.get(code="psc-survey")
    page = enter(manager).get(reverse("intake:source", args=[source.pk])).content.decode()
    assert "No agreement is in force" in page


def test_a_list_asks_few_questions_of_the_database(enter, manager, faulty, django_assert_max_num_queries):
    client = enter(manager)
    for name in ("intake:batches", "intake:sources"):
        with django_assert_max_num_queries(12):
            assert client.get(reverse(name)).status_code == 200


@pytest.fixture
def a_list(tmp_path):
    return files.as_csv(tmp_path / "ZK-GA-2026-05.csv", [files.place(1), files.place(2)])


def test_a_list_is_uploaded_with_its_scheme(enter, manager, sources, a_list):
    file = SimpleUploadedFile(a_list.name, a_list.read_bytes())
    sent = {"source": "zakat-list", "scheme": "ZK-GA", "file": file}
    client = enter(manager)
    answer = client.post(reverse("intake:upload"), sent)
    batch = Batch.objects.get()
    assert (answer.status_code, batch.scheme) == (302, "ZK-GA")
    assert "ZK-GA" in client.get(answer.url).content.decode()


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize(
    ("source", "scheme", "said"),
    [
        ("zakat-list", "", "A list of beneficiaries is of one scheme, which has to be named."),
        ("zakat-list", "EOBI-OAP", "This department does not run the scheme %(scheme)s."),
        ("psc-survey", "ZK-GA", "Only a list of beneficiaries is of a scheme."),
    ],
)
def test_a_wrong_scheme_is_said_at_the_scheme(
    enter, manager, sources, a_list, language, source, scheme, said
):
    file = SimpleUploadedFile(a_list.name, a_list.read_bytes())
    sent = {"source": source, "scheme": scheme, "file": file}
    answer = enter(manager, language).post(reverse("intake:upload"), sent)
    assert answer.status_code == 422
    with translation.override(language):
        sentence = translation.gettext(said) % {"scheme": scheme}
    assert sentence in answer.content.decode()
    assert 'href="#id_scheme"' in answer.content.decode()
    assert not Batch.objects.exists()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_upload_leads_to_the_prescribed_columns_and_the_template(enter, manager, sources, language):
    client = enter(manager, language)
    format_page = reverse("intake:list-format")
    assert format_page in client.get(reverse("intake:upload")).content.decode()
    page = client.get(format_page).content.decode()
    for one in list_format().columns:
        assert f'<bdi class="code">{one.column}</bdi>' in page
    assert all_fields()["benefit_amount"].label[language] in page
    for kind in ("csv", "xlsx"):
        address = reverse("intake:list-template", args=[kind])
        assert address in page
        assert f"list-of-beneficiaries.{kind}" in client.get(address)["Content-Disposition"]
    assert client.get(reverse("intake:list-template", args=["pdf"])).status_code == 404
