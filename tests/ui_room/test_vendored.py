from pathlib import Path

import pytest

from saiban.ui import vendored

TESTS = Path(__file__).resolve().parents[1] / "ui" / "vendor"


def test_files_of_others_are_the_ones_we_took_in() -> None:
    assert vendored.faults() == []
    assert vendored.faults(TESTS) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "thing-1.0"
    base.mkdir()
    (base / "LICENSE").write_text("free")
    (base / "a.js").write_text("1")
    digests = {name: vendored._digest(base / name) for name in ("LICENSE", "a.js")}
    lines = "\n".join(f'"{name}" = "{digest}"' for name, digest in digests.items())
    text = f'[[package]]\nname = "thing"\nversion = "1.0"\n[package.sha256]\n{lines}\n'
    (tmp_path / "vendor.toml").write_text(text)
    return tmp_path


def test_changed_missing_and_unnamed_files_are_found(folder: Path) -> None:
    assert vendored.faults(folder) == []
    (folder / "thing-1.0" / "a.js").write_text("2")
    assert vendored.faults(folder) == ["thing-1.0/a.js differs"]
    (folder / "thing-1.0" / "a.js").unlink()
    (folder / "thing-1.0" / "b.js").write_text("1")
    assert vendored.faults(folder) == [
        "thing-1.0/a.js is missing",
        "thing-1.0/b.js stands in no entry of vendor.toml",
    ]
    assert vendored.main([str(folder)]) == 1
