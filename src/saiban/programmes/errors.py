"""What the services of schemes that are run here refuse."""

from django.utils.translation import gettext_lazy as _

from saiban.core.errors import Refused


class OtherAgency(Refused):
    """The scheme is of a department that the duty is not of."""

    code = "programmes.other_agency"
    status = 403
    sentence = _("This scheme is run by another department. Someone of that department has to do this.")


class AreaNeeded(Refused):
    """The cycle covers more than the duty does."""

    code = "programmes.area_needed"
    status = 403
    sentence = _("This cycle covers more than your area. Someone whose duty covers it decides on it.")


class NotRunHere(Refused):
    """The scheme has no rule by which it could be run."""

    code = "programmes.not_run_here"
    sentence = _("This scheme is not run here. Choose a rule and a benefit for it first.")


class RuleNotApproved(Refused):
    """Nobody is enrolled by a rule that is not approved, or no longer."""

    code = "programmes.rule_not_approved"
    sentence = _("The rule is not approved, or has been retired. Choose an approved rule for the scheme.")


class PolicyNotSettled(Refused):
    """Nobody is kept out of a scheme by a policy of overlaps that nobody has confirmed."""

    code = "programmes.policy_not_settled"


class CycleUnderWay(Refused):
    """A scheme has one cycle under way at a time."""

    code = "programmes.cycle_under_way"
    sentence = _("A cycle of this scheme is under way. Approve or withdraw it first.")


class ExcludesItself(Refused):
    """Two places of a scheme would exclude each other by the policy."""

    code = "programmes.excludes_itself"
    sentence = _("By the policy of overlaps this scheme excludes itself, so it cannot be run.")


class NobodySelected(Refused):
    """There is nobody on the list."""

    code = "programmes.nobody_selected"
    sentence = _("Nobody is on this list any more. Withdraw the cycle, and open a new one.")


class ListChanged(Refused):
    """The entitlements are not those that were approved."""

    code = "programmes.list_changed"
    sentence = _("This list is not the one that was approved. Do not pay by it, and tell the administrator.")


class OfAList(Refused):
    """The place is a department's, and follows its list."""

    code = "programmes.of_a_list"
    sentence = _("This place is of a department's list. It ends when the department's next list says so.")


class WaitsForACycle(Refused):
    """Who becomes eligible is enrolled by a cycle, not one by one."""

    code = "programmes.waits_for_a_cycle"
    sentence = _("Who became eligible is taken up by the next cycle of the scheme.")
