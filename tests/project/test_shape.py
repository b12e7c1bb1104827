"""The shape that the code keeps: sizes, one way of writing, nothing that leads out of the project."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "src" / "saiban").rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "src" / "saiban").rglob("templates/**/*.html"))
FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 400, 30, 120


def name(path):
    return str(path.relative_to(ROOT))


def code_lines(function):
    """Lines of a function without its docstring."""
    body = function.body
    if (
        isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_no_file_tells_two_stories():
    long = {
        name(path): count for path in SOURCES if (count := len(path.read_text().splitlines())) > FILE_LINES
    }
    assert not long


def test_functions_fit_on_a_screen():
    long = {
        f"{name(path)}:{node.name}": code_lines(node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and code_lines(node) > FUNCTION_LINES
    }
    assert not long


def test_templates_fit_on_two_screens():
    long = {
        name(path): count
        for path in TEMPLATES
        if (count := len(path.read_text().splitlines())) > TEMPLATE_LINES
    }
    assert not long


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_file_carries_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text()
    assert "--hash=sha256:" in text
    assert not re.search(r"https?://|--index-url|--find-links", text)


def test_both_locks_agree():
    def pins(lock):
        return dict(re.findall(r"^([a-z0-9-]+)(?:\[.*?\])?==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))

    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {
        package: version for package, version in runtime.items() if development.get(package) != version
    } == {}


def test_templates_carry_no_inline_script_style_or_handler():
    found = {
        name(path): hit.group(0)
        for path in TEMPLATES
        if (
            hit := re.search(
                r"<style|style=\"|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=\"|https?://(?!www\.w3\.org)",
                path.read_text(),
            )
        )
    }
    assert not found


def test_the_project_names_no_path_of_this_machine():
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    files = listing.stdout.split()
    words = ("/" + "work/", "/root/" + ".pyenv")
    texts = [
        path
        for path in files
        if path.endswith((".py", ".md", ".toml", ".yaml", ".html", ".txt", ".csv", "Makefile"))
    ]
    assert [
        path for path in texts if any(word in (ROOT / path).read_text(errors="ignore") for word in words)
    ] == []
