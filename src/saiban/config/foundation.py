"""The foundation of an installation, room by room in the order of the data. Repeatable."""

from saiban.core import foundation as core_foundation
from saiban.intake import foundation as intake_foundation
from saiban.partners import foundation as partners_foundation
from saiban.programmes import foundation as programmes_foundation
from saiban.scoring import foundation as scoring_foundation


def lay_all() -> None:
    """Lay what is not there yet: areas, agencies, partners and agreements, sources, scorecards, schemes."""
    core_foundation.lay()
    system = core_foundation.system_actor()
    partners_foundation.lay(system)
    intake_foundation.lay(system)
    scoring_foundation.lay(system)
    programmes_foundation.lay()
