"""What a checked rule is: a tree of few kinds of nodes, each of one type, and the clauses that it is made
of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

Unit = Literal["household", "person"]
Kind = Literal["bool", "string", "int", "decimal"]
Eligibility = Literal["eligible", "not_eligible", "unknown"]
Operator = Literal["+", "-", "*", "/", "%"]
Relation = Literal["==", "!=", "<", "<=", ">", ">="]
TURNED: dict[Relation, Relation] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Node:
    """A part of a checked rule: ``parts`` are what it is made of, ``kind`` its type."""

    kind: Kind

    @property
    def parts(self) -> "tuple[Node, ...]":
        return ()

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Input columns that it needs, each once, in the order in which they stand."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.inputs))

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """Names of policy numbers that it needs, each once."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.policies))


@dataclass(frozen=True)
class Input(Node):
    """A field of the dictionary, ``age``, or ``score_pmt``; ``reported``: itself, or what it is derived
    from.
    """

    name: str
    kind: Kind
    reported: tuple[str, ...]
    places: int = 0

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        return self.reported

    @property
    def is_derived(self) -> bool:
        """True where the value is computed from other fields."""
        return self.reported != (self.name,)


@dataclass(frozen=True)
class PolicyNumber(Node):
    """A number of policy by its dotted name."""

    name: str
    kind: Kind = "decimal"

    @cached_property
    def policies(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True)
class Constant(Node):
    """A value written in the rule."""

    value: int | Decimal | str | bool
    kind: Kind


@dataclass(frozen=True)
class Negative(Node):
    """Minus a number."""

    of: Node
    kind: Kind

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.of,)


@dataclass(frozen=True)
class Arithmetic(Node):
    """Two whole numbers or two decimals; ``/`` and ``%`` of whole numbers only: toward zero, sign of the
    dividend.
    """

    operator: Operator
    left: Node
    right: Node
    kind: Kind

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True)
class Comparison(Node):
    """Two numbers, two strings or two conditions held side by side."""

    relation: Relation
    left: Node
    right: Node
    kind: Kind = "bool"

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True)
class Among(Node):
    """Is it one of these values?"""

    of: Node
    items: tuple[Constant, ...]
    kind: Kind = "bool"

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.of,)


@dataclass(frozen=True)
class Not(Node):
    """The opposite of a condition."""

    of: Node
    kind: Kind = "bool"

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.of,)


@dataclass(frozen=True)
class AllOf(Node):
    """``&&``: false where one is false, then unknown where one is unknown."""

    operands: tuple[Node, ...]
    kind: Kind = "bool"

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True)
class AnyOf(Node):
    """``||``: true where one is true, then unknown where one is unknown."""

    operands: tuple[Node, ...]
    kind: Kind = "bool"

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True)
class Clause:
    """One operand of the ``&&`` at the top of a rule, with the text that it was written as."""

    text: str
    node: Node

    @property
    def inputs(self) -> tuple[str, ...]:
        """Input columns that it needs."""
        return self.node.inputs

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of policy numbers that it needs."""
        return self.node.policies


@dataclass(frozen=True)
class CheckedRule:
    """A rule that holds for every household or person: eligible is who fulfils all clauses."""

    text: str
    unit: Unit
    clauses: tuple[Clause, ...]

    @property
    def node(self) -> Node:
        """All clauses as one condition."""
        nodes = tuple(clause.node for clause in self.clauses)
        return nodes[0] if len(nodes) == 1 else AllOf(nodes)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Input columns that it needs: codes of reported fields, ``age``, ``score_pmt``; each once."""
        return tuple(dict.fromkeys(name for clause in self.clauses for name in clause.inputs))

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of policy numbers that it needs, without ``policy.``; each once, in order."""
        return tuple(dict.fromkeys(name for clause in self.clauses for name in clause.policies))


class ClauseAnswer(NamedTuple):
    """What became of one clause: whether it holds (None = unknown, because of these inputs), and its
    values.
    """

    text: str
    holds: bool | None
    because: tuple[str, ...]
    values: Mapping[str, object]


@dataclass(frozen=True)
class Answer:
    """What a rule says of one household or person; ``because`` is empty unless the answer is unknown."""

    answer: Eligibility
    because: tuple[str, ...]
    clauses: tuple[ClauseAnswer, ...]
