from string import Formatter

import pytest

from saiban.data.errors import BadInput
from saiban.messages.wording import parse, templates, written

WHOLE = """
a.b.c:
  title: {en: "File {file}", ur: "فائل {file}"}
  body: {en: "It has {rows} rows.", ur: "اس میں {rows} قطاریں ہیں۔"}
"""


def test_a_template_is_filled_in_each_language(monkeypatch):
    monkeypatch.setattr("saiban.messages.wording.templates", lambda: parse(WHOLE))
    assert written("a.b.c", "en", {"file": "x", "rows": 3}) == ("File x", "It has 3 rows.")
    assert written("a.b.c", "ur", {"file": "x", "rows": 3}) == ("فائل x", "اس میں 3 قطاریں ہیں۔")


@pytest.mark.parametrize("words", [{"file": "x"}, {"file": "x", "rows": 3, "more": 1}])
def test_missing_or_additional_words_are_an_error(monkeypatch, words):
    monkeypatch.setattr("saiban.messages.wording.templates", lambda: parse(WHOLE))
    with pytest.raises(ValueError, match="fills in"):
        written("a.b.c", "en", words)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('ur: "فائل {file}"', 'ur: "فائل"'),
        ('ur: "فائل {file}"', 'ur: "فائل {name}"'),
        (', ur: "فائل {file}"', ""),
        ("title:", "heading:"),
        ('ur: "فائل {file}"', 'fr: "Fichier {file}"'),
    ],
)
def test_a_template_that_is_not_whole_in_both_languages_is_refused_by_name(before, after):
    with pytest.raises(BadInput, match=r"a\.b\.c"):
        parse(WHOLE.replace(before, after))


def test_shipped_templates_are_whole():
    shipped = templates()
    assert {"intake.batch.applied", "intake.batch.refused", "core.duty.given"} <= set(shipped)
    for template in shipped.values():
        for part in (template.title, template.body):
            named = [
                {name for _, name, _, _ in Formatter().parse(part[code]) if name} for code in ("en", "ur")
            ]
            assert named[0] == named[1]
