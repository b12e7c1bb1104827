"""``saiban messages``: on a small source tree of its own, and on ours."""

import gettext
from pathlib import Path

import pytest
from click.testing import CliRunner

from saiban.config.cli import words

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
a = _("Household")
b = ngettext("%(count)d row", "%(count)d rows", 2)
c = pgettext_lazy("state", "held")
d = _(a)
"""
PAGE = """{% load i18n %}
{% translate "Find" %}{% blocktranslate with n=x %}{{ n }} of 9{% endblocktranslate %}
{% card _("Members") tag=_('late') %}{{ _("All") }}{% endcard %}{# {% translate "never" %} #}"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for room in ("one", "two"):
        (tmp_path / "saiban" / room / "templates").mkdir(parents=True)
        (tmp_path / "saiban" / room / "__init__.py").write_text("")
    (tmp_path / "saiban" / "one" / "code.py").write_text(CODE)
    (tmp_path / "saiban" / "two" / "templates" / "page.html").write_text(PAGE)
    monkeypatch.setattr(words, "SOURCE", tmp_path / "saiban")
    return tmp_path / "saiban"


def put(room: Path, **pairs: str) -> None:
    """Write translations of words; the rest of the catalogue as it stands."""
    made = words.catalogue(room)
    for word, urdu in pairs.items():
        made.get(word.replace("_", " ")).string = urdu
    words._write(room, made)


def test_words_are_taken_from_code_and_templates(source: Path) -> None:
    one, two = words.words_of(source / "one"), words.words_of(source / "two")
    assert list(one) == [(None, "Household"), (None, "%(count)d row"), ("state", "held")]
    assert one[None, "%(count)d row"].plural == "%(count)d rows"
    assert {key[1] for key in two} == {"Find", "%(n)s of 9", "Members", "late", "All"}


def test_extraction_keeps_what_is_translated_and_drops_what_is_unused(source: Path) -> None:
    assert words.extract_all() == {"one": 3, "two": 5}
    put(source / "one", Household="گھرانہ")
    (source / "one" / "code.py").write_text(CODE.replace('c = pgettext_lazy("state", "held")\n', ""))
    assert words.extract_all()["one"] == 1
    catalogue = words.catalogue(source / "one")
    assert catalogue.get("Household").string == "گھرانہ"
    assert catalogue.get("held", context="state") is None


def test_word_that_another_room_has_translated_is_not_asked_for_again(source: Path) -> None:
    words.extract_all()
    put(source / "one", Household="گھرانہ")
    (source / "two" / "code.py").write_text(
        'from django.utils.translation import gettext as _\n_("Household")\n'
    )
    assert words.extract_all()["two"] == 5
    assert not [fault for fault in words.faults() if "Household" in fault]


def test_check_names_place_and_fault(source: Path) -> None:
    words.extract_all()
    assert "saiban/one/code.py:3: “Household” has no Urdu" in words.faults()
    put(source / "two", Find="تلاش %(what)s")
    assert any("“Find” names a placeholder" in fault for fault in words.faults())
    result = CliRunner().invoke(words.messages, ["check"])
    assert result.exit_code == 1


def test_two_translations_of_one_word_are_found(source: Path) -> None:
    (source / "two" / "code.py").write_text(
        'from django.utils.translation import gettext as _\n_("Household")\n'
    )
    words.extract_all()
    put(source / "one", Household="گھرانہ")
    put(source / "two", Household="خاندان")
    assert "“Household” is translated differently in one, two" in words.faults()


def test_compiled_words_are_what_gettext_reads(source: Path) -> None:
    words.extract_all()
    put(source / "one", Household="گھرانہ")
    assert "one" in words.compile_all()
    with words._po(source / "one").with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Household") == "گھرانہ"


def test_every_word_of_ui_has_its_urdu() -> None:
    assert not [fault for fault in words.faults() if fault.startswith("saiban/ui/")]
