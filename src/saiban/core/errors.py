"""What a service may refuse, each with a stable code and a sentence for the person who asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A request that was understood and is not carried out; nothing has changed."""

    code = "core.refused"
    status = 409
    sentence: str | Promise = _("This cannot be done.")

    def __init__(self, sentence: str | Promise = "") -> None:
        self.sentence = sentence or self.sentence
        super().__init__(str(self.sentence))


class NotVisible(Refused):
    """There is no such thing, or the actor may not see it: the answer is the same."""

    code = "core.not_visible"
    status = 404
    sentence = _(
        "There is no such page, or it lies outside your area. Check the number, or ask the administrator."
    )


class NotAllowed(Refused):
    """The actor's duty does not include this."""

    code = "core.not_allowed"
    status = 403
    sentence = _("Your duty does not include this. If it should, ask the administrator.")


class IllegalMove(Refused):
    """The thing is in a state from which this step does not exist, or another has taken it meanwhile."""

    code = "core.illegal_move"
    sentence = _("This has changed meanwhile, and the step is no longer possible. Reload the page.")


class ReasonMissing(Refused):
    """The step asks for a reason, and none was given."""

    code = "core.reason_missing"
    status = 422
    sentence = _("Give a reason: it is kept with the decision.")


class SecondPersonNeeded(Refused):
    """Who prepared it may not approve it."""

    code = "core.second_person_needed"
    status = 403
    sentence = _("You prepared this yourself; another person has to approve it.")
