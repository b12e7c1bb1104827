"""What the registry refuses."""

from django.utils.translation import gettext_lazy as _

from saiban.core.errors import Refused


class Erased(Refused):
    """It was erased: the row is there, and nothing else."""

    code = "registry.erased"
    status = 410
    sentence = _("This was erased. What was known is gone for good; only the code and its dates remain.")
