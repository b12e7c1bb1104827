"""Who hears what: the one table. A handler takes ids, stands downstream of the announcer, may run twice."""

from collections.abc import Mapping, Sequence

from saiban.core.outbox import Handler

LISTENERS: Mapping[str, Sequence[Handler]] = {}
