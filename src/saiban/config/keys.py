"""What hangs on the key ring: the tables with tokens, and what is sealed and can be sealed anew."""

from collections.abc import Mapping, Sequence

from saiban.core.rotation import Reseal, TokenTable
from saiban.intake import rejecting
from saiban.registry import numbers

TOKEN_TABLES: Sequence[TokenTable] = (
    TokenTable("intake_sourcekey", namespace="namespace", switch="intake_switch_tokens"),
    TokenTable("registry_identifier", namespace=numbers.NAMESPACE, switch="registry_switch_tokens"),
)
SEALS: Mapping[str, Reseal] = {
    "numbers": numbers.reseal,
    "rejected rows": rejecting.reseal,
}
# every column with seals, also of what is never sealed anew: observations are not changed, so their keys stay
SEALED_COLUMNS: Sequence[tuple[str, str]] = (
    ("registry_identifier", "sealed"),
    ("intake_rejectedrow", "sealed_row"),
    ("intake_observation", "sealed"),
)
