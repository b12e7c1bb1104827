"""YAML files of facts, read so that an error names the file, the line and what was expected."""

from collections.abc import Sequence
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from saiban.data.errors import BadInput

Model = TypeVar("Model", bound=BaseModel)


def parse(text: str, model: type[Model], *, place: str, context: dict[str, object] | None = None) -> Model:
    """Read one YAML document into a model; ``context`` is what its validators may ask beside the file.

    Raises:  BadInput whose place is ``file, line N`` for broken YAML, a key that stands twice, or a value
             that the model refuses; only the first fault is named, for the others often follow from it.
    """
    root = _tree(text, place)
    _refuse_repeated_keys(root, place)
    try:
        return model.model_validate(_values(text, place), context=context)
    except ValidationError as error:
        fault = error.errors()[0]
        path = [step for step in fault["loc"] if not _is_tag(step)]
        where = ".".join(str(step) for step in path)
        raise BadInput(
            f"{where or 'the file'} is not as it should be (given: {_short(fault['input'])}).",
            place=f"{place}, line {_line(root, path)}",
            expected=fault["msg"].removeprefix("Value error, "),
        ) from None


def _tree(text: str, place: str) -> yaml.Node:
    """The nodes of the document. Anchors are refused: our files need none, and with them a file can contain
    itself.
    """
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
                line = token.start_mark.line + 1
                raise BadInput("anchors are not taken.", place=f"{place}, line {line}", expected="plain YAML")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, place) from None
    except RecursionError:
        raise BadInput("it is nested too deeply.", place=place, expected="a YAML document") from None
    if root is None:
        raise BadInput("the file is empty.", place=place, expected="a YAML document")
    return root


def _values(text: str, place: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, place) from None


def _not_yaml(error: yaml.MarkedYAMLError, place: str) -> BadInput:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    return BadInput(
        f"this is not YAML: {error.problem}.", place=f"{place}, line {line}", expected="a YAML document"
    )


def _refuse_repeated_keys(node: yaml.Node, place: str) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(item, place)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise BadInput(
                    f"the key {key.value} stands twice.",
                    place=f"{place}, line {key.start_mark.line + 1}",
                    expected="each key once",
                )
            seen.add(key.value)
            _refuse_repeated_keys(value, place)


def _line(node: yaml.Node, path: Sequence[int | str]) -> int:
    """The line of the deepest node on the path that the file has."""
    for step in path:
        below = _child(node, step)
        if below is None:
            break
        node = below
    return int(node.start_mark.line) + 1


def _child(node: yaml.Node, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    return None


def _is_tag(step: int | str) -> bool:
    """Pydantic puts the name of the chosen kind of indicator into the path; the file has no such key."""
    return step in ("linear", "answers", "bins", "log_table")


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
