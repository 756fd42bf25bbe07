"""Keys of forms: a form that comes twice under its key counts once."""

from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused


def key_reused() -> Refused:
    """Of a form that came a second time under its key, with something else in it or from somebody else."""
    return Refused("key_reused", _("This form was used for something else already. Please open it again."))
