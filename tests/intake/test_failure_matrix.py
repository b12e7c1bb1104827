"""What can be wrong with a file, one line each: how it is made, the code, and the place that is named.

These are read without a database; what refusing leaves behind is shown in ``test_bad_files.py``.
"""

import csv
import gzip
import io
import re
import resource
import zipfile

import pytest
from django.utils import translation

from saiban.calc import engine
from saiban.intake import reading
from saiban.intake.mapping import mapping_of
from saiban.intake.reasons import OF_FILES, OF_NOTES, OF_ROWS, FileRefused, note, refusal
from tests.intake import files

ROWS = files.household()
COLUMNS = list(ROWS[0])


def text(rows=ROWS, **how) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n", **how)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def with_cell(column, value, row=1):
    rows = [dict(one) for one in ROWS]
    rows[row][column] = value
    return rows


@pytest.fixture
def read(tmp_path):
    """Read bytes under a name as the survey's; the connection is kept for questions."""

    def done(content: bytes, name="s.csv"):
        path = tmp_path / "received"
        path.write_bytes(content)
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        done.duck = engine.connect(memory="512MB", spill=work)
        done.duck.execute("SET preserve_insertion_order = true")
        return reading.read(done.duck, path, name, mapping_of("psc-survey"), folder=work)

    done.duck = None
    yield done
    if done.duck:
        done.duck.close()


TEXTS = {
    "UTF-16 with its mark": (text().encode("utf-16"), "encoding_other", "s.csv, row 1"),
    "UTF-16 without a mark": (text().encode("utf-16-le"), "encoding_other", "s.csv, row 1"),
    "UTF-16, big end first": (text().encode("utf-16-be"), "encoding_other", "s.csv, row 1"),
    "Windows-1252": (
        text(with_cell("village", "Çay", 0)).encode("cp1252", "replace"), "encoding", "s.csv, row 2",
    ),
    "Windows-1256": (text().encode("cp1256", "replace"), "encoding", "s.csv, row 2"),
    "two encodings": (
        text().encode().replace("رحمت".encode(), b"\xd1\xcd\xe3\xca").replace(
            b"\xd1\xcd\xe3\xca", "رحمت".encode(), 1),
        "encoding_mixed", "s.csv, row 3",
    ),
    "a NUL byte": (text(with_cell("village", "K" * 600 + "\0")).encode(), "nul_byte", "s.csv, row 3"),
    "a quotation mark too many": (
        text().replace("House 5, Kamra", 'House 5, "Kamra', 1).encode(), "quotes", "s.csv, row 2",
    ),
    "a quotation mark in the heading": (
        b'household_no,"line_no\n' + b"x" * 200_000, "quotes", "s.csv, row 1",
    ),
    "line ends of two kinds": (text().replace("\n", "\r\n", 1).encode(), "line_ends", "s.csv"),
    "a line without end": (text().encode() + b"9" * (100 << 20), "line_too_long", "s.csv, row 4"),
    "a heading without end": (b"h" * (100 << 20), "line_too_long", "s.csv, row 1"),
    "a cell of 10 MB": (
        text(with_cell("village", "v" * 10_000_000)).encode(), "line_too_long", "s.csv, row 3",
    ),
    "a cell of 1 MB": (
        text(with_cell("village", "v" * 1_000_000)).encode(), "cell_too_long", "s.csv, row 3, column village",
    ),
    "10,000 columns": (
        (",".join(f"c{n}" for n in range(10_000)) + "\n").encode(), "too_many_columns", "s.csv, row 1",
    ),
    "another delimiter": (text().replace(",", ":").encode(), "column_missing", "s.csv, row 1"),
    "a renamed column": (
        text().replace("household_no", "Household No", 1).encode(), "column_renamed", "s.csv, row 1",
    ),
    "a column twice": (text().replace("has_gas", "rooms", 1).encode(), "column_twice", "s.csv, row 1"),
}  # fmt: skip


def check_words(refused: FileRefused) -> None:
    """Both languages say it, without a gap."""
    said = []
    for language in ("en", "ur"):
        with translation.override(language):
            shown = refusal(refused.refusal)
            assert shown.sentence
            assert shown.expected
            assert "%(" not in str(shown)
            said.append(shown.sentence)
    assert said[0] != said[1]


@pytest.mark.parametrize("what", TEXTS)
def test_a_faulty_text_is_refused_with_its_place(read, what):
    content, code, place = TEXTS[what]
    with pytest.raises(FileRefused) as caught:
        read(content)
    assert (caught.value.refusal["code"], caught.value.refusal["place"]) == (code, place)
    check_words(caught.value)


TAKEN = {
    "the mark of UTF-8": text().encode("utf-8-sig"),
    "semicolons": text(delimiter=";").encode(),
    "tabs": text(delimiter="\t").encode(),
    "line ends of Windows": text().replace("\n", "\r\n").encode(),
    "line ends of old machines": text().replace("\n", "\r").encode(),
    "a delimiter after the last cell": text().replace("\n", ",\n").encode(),
    "no line end at the end": text().rstrip("\n").encode(),
    "blanks of other scripts": text(with_cell("rooms", "\u2003\u200b2\u3000")).encode(),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_differs_and_can_be_understood_is_taken(read, what):
    assert read(TAKEN[what]) == reading.Read(2)
    assert read.duck.execute("SELECT row_no, household_no, rooms FROM given ORDER BY 1").fetchall() == [
        (2, "H-1", "2"),
        (3, "H-1", "2"),
    ]


def test_a_column_that_nobody_knows_is_passed_over_and_noted(read):
    found = read(text([row | {"shoe_size": "40"} for row in ROWS]).encode())
    assert found.rows == 2
    assert [one["code"] for one in found.notes] == ["strange_columns"]
    assert "shoe_size" in note(found.notes[0])


# --- archives


def test_a_gzip_of_something_else_says_what_it_is(read):
    with pytest.raises(FileRefused) as caught:
        read(gzip.compress(b"%PDF-1.7\n" + b"x" * 600), "s.csv.gz")
    assert caught.value.refusal["details"]["found"] == "PDF"


def test_a_gzip_that_unpacks_to_far_more_than_itself_is_stopped_on_the_way(read, tmp_path):
    with pytest.raises(FileRefused) as caught:
        read(gzip.compress(b"0" * (300 << 20)), "s.csv.gz")
    assert caught.value.refusal["code"] == "bomb"
    assert (tmp_path / "work" / "unpacked").stat().st_size <= 101 << 20
    check_words(caught.value)


def test_no_archive_unpacks_beyond_the_limit(read, settings, tmp_path):
    settings.SAIBAN_MOST_UNPACKED_GB = 0
    with pytest.raises(FileRefused) as caught:
        read(gzip.compress(text().encode()), "s.csv.gz")
    assert caught.value.refusal["code"] == "too_big"


# --- workbooks


def book(tmp_path, fill) -> bytes:
    import xlsxwriter

    path = tmp_path / "made.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        fill(made)
    return path.read_bytes()


def survey(sheet, rows=ROWS):
    sheet.write_row(0, 0, COLUMNS)
    for n, row in enumerate(rows, start=1):
        sheet.write_row(n, 0, list(row.values()))


def changed(content: bytes, part: str, change) -> bytes:
    """The same archive with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            said = old.read(entry)
            new.writestr(entry, change(said) if entry == part else said)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ROOMS = COLUMNS.index("rooms")


def with_formula(value):
    def fill(made):
        sheet = made.add_worksheet("Survey")
        survey(sheet)
        sheet.write_formula(2, ROOMS, "=1+1", None, value)

    return fill


def test_the_value_that_was_kept_with_a_formula_is_taken(read, tmp_path):
    assert read(book(tmp_path, with_formula(2)), "s.xlsx").rows == 2
    assert read.duck.execute("SELECT rooms FROM given ORDER BY row_no").fetchall() == [("2",), ("2",)]


def test_a_formula_without_its_value_is_named_by_its_cell(read, tmp_path):
    from openpyxl.utils import get_column_letter

    content = changed(
        book(tmp_path, with_formula(2)), SHEET, lambda xml: xml.replace(b"</f><v>2</v>", b"</f>")
    )
    with pytest.raises(FileRefused) as caught:
        read(content, "s.xlsx")
    assert caught.value.refusal["code"] == "formula_without_value"
    assert caught.value.refusal["place"] == f"s.xlsx, Survey, {get_column_letter(ROOMS + 1)}3"
    check_words(caught.value)


def test_merged_cells_are_named(read, tmp_path):
    def fill(made):
        sheet = made.add_worksheet("Survey")
        survey(sheet)
        sheet.merge_range("A2:A3", "H-1")

    with pytest.raises(FileRefused) as caught:
        read(book(tmp_path, fill), "s.xlsx")
    assert (caught.value.refusal["code"], caught.value.refusal["place"]) == (
        "merged_cells",
        "s.xlsx, Survey, A2:A3",
    )
    check_words(caught.value)


def test_the_first_sheet_that_can_be_seen_is_read_and_the_others_are_named(read, tmp_path):
    def fill(made):
        made.add_worksheet("Codes").write(0, 0, "not this")
        survey(made.add_worksheet("Survey"))
        made.add_worksheet("Notes")
        made.get_worksheet_by_name("Survey").activate()
        made.get_worksheet_by_name("Survey").set_first_sheet()
        made.get_worksheet_by_name("Codes").hide()

    found = read(book(tmp_path, fill), "s.xlsx")
    assert found.rows == 2
    assert found.notes == [{"code": "sheets", "details": {"sheet": "Survey", "others": "Codes, Notes"}}]


@pytest.mark.parametrize("size", ["A1:BB2000000", "A1", "A1:A1048576"])
def test_what_a_sheet_says_of_its_size_is_not_believed(read, tmp_path, size):
    content = changed(
        book(tmp_path, lambda made: survey(made.add_worksheet())),
        SHEET,
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{size}"'.encode(), xml),
    )
    assert read(content, "s.xlsx").rows == 2


def test_a_row_beyond_the_last_of_a_sheet_is_refused_at_once(read, tmp_path):
    content = changed(
        book(tmp_path, lambda made: survey(made.add_worksheet())),
        SHEET,
        lambda xml: xml.replace(b'<row r="3"', b'<row r="99999999999"'),
    )
    with pytest.raises(FileRefused) as caught:
        read(content, "s.xlsx")
    assert caught.value.refusal["code"] == "too_many_rows"
    check_words(caught.value)


def test_a_workbook_that_unpacks_to_far_more_than_itself_is_not_opened(read, tmp_path):
    content = changed(
        book(tmp_path, lambda made: survey(made.add_worksheet())),
        SHEET,
        lambda xml: xml + b" " * (200 << 20),
    )
    with pytest.raises(FileRefused) as caught:
        read(content, "s.xlsx")
    assert caught.value.refusal["code"] == "bomb"


def test_a_workbook_with_a_password_says_so(read):
    ole = b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    with pytest.raises(FileRefused) as caught:
        read(ole, "s.xlsx")
    assert caught.value.refusal["code"] == "locked"
    check_words(caught.value)


def test_a_locked_zip_says_so(read, tmp_path):
    content = bytearray(book(tmp_path, lambda made: survey(made.add_worksheet())))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1  # the mark of a locked entry in the list of entries
    with pytest.raises(FileRefused) as caught:
        read(bytes(content), "s.xlsx")
    assert caught.value.refusal["code"] == "locked"


def test_a_cell_of_a_parquet_beyond_any_answer_is_refused(read, tmp_path):
    path = files.as_parquet(tmp_path / "s.parquet", with_cell("village", "v" * 10_000_000))
    with pytest.raises(FileRefused) as caught:
        read(path.read_bytes(), "s.parquet")
    assert caught.value.refusal["place"] == "s.parquet, row 3, column village"


# --- room


def test_a_full_disk_while_the_engine_spills_is_no_fault_of_the_file():
    import duckdb

    from saiban.intake.reading import sql

    def full(*_):
        raise duckdb.OutOfMemoryException("failed to offload data block")

    class Full:
        execute = full

    with pytest.raises(duckdb.Error):
        sql.make(Full(), "SELECT 1 AS row_no", "s.csv", "CSV")


def test_a_full_disk_while_unpacking_is_no_fault_of_the_file(read, monkeypatch):
    import errno

    from saiban.intake.reading import unpacking

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(unpacking, "check_unpacked", full)
    with pytest.raises(OSError, match="No space"):
        read(gzip.compress(text().encode()), "s.csv.gz")


@pytest.mark.slow
def test_three_gigabytes_are_read_in_bounded_memory(tmp_path):
    """What is read grows on the disk, not in memory: a row of 3 KB, a million times."""
    heading, first, _ = text(with_cell("address", "a" * 150, 0)).splitlines()
    path = tmp_path / "big.csv"
    wide = ",".join(f"extra_{n}" for n in range(20))
    cells = ",".join("e" * 130 for _ in range(20))
    block = f"{first.replace('H-1', 'H-{n}')},{cells}\n"
    with path.open("w", encoding="utf-8") as out:
        out.write(f"{heading},{wide}\n")
        n = 0
        while out.tell() < 3 << 30:
            out.write("".join(block.replace("{n}", str(n + k)) for k in range(1000)))
            n += 1000
    duck = engine.connect(memory="1GB", spill=tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = reading.read(duck, path, "big.csv", mapping_of("psc-survey"), folder=tmp_path)
    duck.close()
    assert found.rows == n
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 << 20  # kilobytes


# --- words


@pytest.mark.parametrize("code", [*OF_FILES, *OF_NOTES])
def test_every_sentence_of_a_file_stands_in_both_languages(code):
    lines = [OF_FILES[code].sentence, OF_FILES[code].expected] if code in OF_FILES else [OF_NOTES[code]]
    for line in lines:
        with translation.override("en"):
            english = str(line)
        with translation.override("ur"):
            assert str(line) != english


@pytest.mark.parametrize("code", OF_ROWS)
def test_every_sentence_of_a_row_stands_in_both_languages(code):
    with translation.override("en"):
        english = str(OF_ROWS[code].sentence)
    with translation.override("ur"):
        assert str(OF_ROWS[code].sentence) != english
