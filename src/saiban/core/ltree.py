"""PostgreSQL's ``ltree`` as a Django field: a path of labels such as ``PK6.PK601.PK60101``."""

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Func, Lookup

if TYPE_CHECKING:
    TextField = CharField[str, str]
else:
    TextField = CharField


class LTreeField(TextField):
    """A path in a tree; ``path__under=p`` is p and all below it, ``path__above=p`` is p and all above it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"max_length": 1000}))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs

    def db_type(self, connection: Any) -> str:
        return "ltree"

    def rel_db_type(self, connection: Any) -> str:
        return "ltree"

    def cast_db_type(self, connection: Any) -> str:
        return "ltree"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s::ltree"


class _PathLookup(Lookup[Any]):
    operator = ""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        if right == "%s":
            right = "%s::ltree"
        return f"{left} {self.operator} {right}", (*left_values, *right_values)


@LTreeField.register_lookup
class Under(_PathLookup):
    """The path is the given one or lies below it."""

    lookup_name = "under"
    operator = "<@"


@LTreeField.register_lookup
class Above(_PathLookup):
    """The path is the given one or lies above it."""

    lookup_name = "above"
    operator = "@>"


DISTRICT = 2  # place of its code in a path: province, division, district, tehsil


def district_of(path: str) -> str:
    """The code of the district that a path lies in; '' above the districts.

    >>> district_of("PK6.PK6D2.PK629.PK62901"), district_of("PK6.PK6D2")
    ('PK629', '')
    """
    labels = path.split(".")
    return labels[DISTRICT] if len(labels) > DISTRICT else ""


class DistrictOf(Func):
    """``district_of`` a column, in the database."""

    template = (
        f"(case when nlevel(%(expressions)s) > {DISTRICT}"
        f" then subpath(%(expressions)s, {DISTRICT}, 1)::text else '' end)"
    )

    def __init__(self, path: Any, **extra: Any) -> None:
        super().__init__(path, **({"output_field": CharField()} | extra))
