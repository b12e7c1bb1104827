"""Corrections of households that go on as others end: their answers are asked there, and nothing that was
approved for one household moves the score of another.
"""

from __future__ import annotations

from saiban.registry import copying

END_JOINED = """
update registry_correction set state = case state when 'approved' then 'ended' else 'withdrawn' end,
  ending = case state when 'approved' then 'joined' else '' end,
  ended_at = case state when 'approved' then now() end
where state in ('proposed', 'approved') and household_id in ({households})
"""


def end_joined(households: str) -> None:
    """End the corrections of the households that a query of ours gives."""
    copying.run(END_JOINED.format(households=households))
