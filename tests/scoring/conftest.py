from tests.registry.conftest import (
    elsewhere,
    home,
    people,
    rajanpur,
    scorecards,
    send,
    sources,
    take_in,
    uploads,
)

__all__ = ["elsewhere", "home", "people", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
