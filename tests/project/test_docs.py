"""The documentation tells of what is there: settings, commands, files and links that it names exist."""

import importlib.util
import re
import shlex
from pathlib import Path

import click
import pytest

from saiban.config.cli import COMMANDS, saiban

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "saiban"
TOP = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "THREAT_MODEL.md")]
PAGES = [
    *TOP,
    *sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts),
    *sorted(SOURCE.glob("*/README.md")),
]
ROOMS = sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))
VARIABLE = re.compile(
    r"(?:\benv(?:\.\w+)?|environ(?:\.get)?)\s*[(\[]\s*[\"']((?:SAIBAN|DATABASE|OWNER|XDG|DJANGO)_[A-Z_]+|ENGINE)[\"']"
)
NOT_FOR_SITES = {"DJANGO_ALLOW_ASYNC_UNSAFE"}  # the browser tests set it for themselves


def named(path):
    return str(path.relative_to(ROOT))


def variables_of(*folders):
    files = [path for folder in folders for path in folder.rglob("*.py")]
    return {name for path in files for name in VARIABLE.findall(path.read_text())} - NOT_FOR_SITES


def listed_in(index):
    """Documents of the toctrees of an index."""
    trees = re.findall(r"^```\{toctree\}\n(.*?)^```", index.read_text(), re.MULTILINE | re.DOTALL)
    lines = [line.strip() for tree in trees for line in tree.splitlines()]
    return [line for line in lines if line and not line.startswith(":")]


def command_lines(path):
    """Lines of a page that a reader could type: of its code blocks, and short ones within the text."""
    typed, language = [], None
    for line in path.read_text().splitlines():
        if line.startswith("```"):
            language = line[3:].strip() if language is None else None
        elif language in ("", "sh", "text"):
            typed.append(line.split("  #")[0].strip())
        elif language is None:
            typed += re.findall(r"`([^`]+)`", line)
    return typed


def calls(path, program):
    """Calls of a program, without variables before it and without what follows a redirection."""
    for line in command_lines(path):
        words = line.split(">")[0].split()
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words.pop(0)
        if len(words) > 1 and words[0].removeprefix(".venv/bin/") == program:
            yield shlex.split(" ".join(words[1:]))


@pytest.mark.parametrize("folder", ["decisions", "rooms", "algorithms", "checklists", "guides"])
def test_an_index_lists_each_page_of_its_folder_once(folder):
    pages = sorted(path.stem for path in (DOCS / folder).glob("*.md") if path.stem != "index")
    assert sorted(listed_in(DOCS / folder / "index.md")) == pages


def test_decisions_are_numbered_without_a_gap_and_keep_to_their_form():
    pages = sorted((DOCS / "decisions").glob("0*.md"))
    assert [int(path.name[:4]) for path in pages] == list(range(1, len(pages) + 1))
    for path in pages:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]} "), path.name
        for part in ("**Context.**", "**Choice.**", "**Price.**", "**Look again**"):
            assert part in text, f"{path.name} lacks {part}"
        assert len(text.split()) <= 450, f"{path.name} is longer than a page"


def test_every_room_has_a_page_and_a_readme():
    assert {f"{room}/README.md" for room in ROOMS if not (SOURCE / room / "README.md").exists()} == set()
    assert set(ROOMS) == set(listed_in(DOCS / "rooms" / "index.md"))


def test_every_variable_is_documented_and_no_other():
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (DOCS / "configuration.md").read_text(), re.MULTILINE))
    of_django = {"DJANGO_SETTINGS_MODULE"}
    read = variables_of(ROOT / "src", ROOT / "tests") | of_django
    assert documented == read


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    inside = [target for target in targets if target and not re.match(r"[a-z]+:", target)]
    assert [target for target in inside if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_that_a_page_names_are_there(page):
    tokens = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|yaml|toml|csv|md|json))`", page.read_text()))
    bases = [ROOT, SOURCE, page.parent, SOURCE / page.stem]
    written = ("var/", "truth/")  # what commands write
    gone = [
        token
        for token in sorted(tokens)
        if not token.startswith(written) and not any((base / token).exists() for base in bases)
    ]
    assert gone == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_and_options_that_a_page_names_exist(page):
    for words in calls(page, "saiban"):
        if not re.fullmatch(r"[a-z]+", words[0]):
            continue
        assert words[0] in COMMANDS, f"saiban {words[0]}"
        command = saiban.get_command(click.Context(saiban), words[0])
        commands = [command]
        if isinstance(command, click.Group) and len(words) > 1:
            assert set(words[1].split("|")) <= set(command.commands), f"saiban {' '.join(words)}"
            commands = [command.commands[name] for name in words[1].split("|")]
        asked = {word.strip("[]").split("=")[0] for word in words if word.strip("[]").startswith("--")}
        for one in commands:
            known = {option for part in one.params for option in (*part.opts, *part.secondary_opts)}
            assert asked <= known | {"--help"}, f"saiban {' '.join(words)}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_make_targets_that_a_page_names_exist(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = {words[0] for words in calls(page, "make") if re.fullmatch(r"[a-z]+", words[0])}
    assert asked <= targets


def test_tables_of_the_code_are_written_as_tables():
    spec = importlib.util.spec_from_file_location("from_code", DOCS / "_ext" / "from_code.py")
    from_code = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(from_code)
    assert from_code.table(("a", "b"), [("x|y", 1)]) == ["| a | b |", "| --- | --- |", "| x\\|y | 1 |", ""]
