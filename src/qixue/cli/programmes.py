"""The `--programme CODE` argument that several commands take."""

import argparse

from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused
from qixue.programme.models import Programme


def add_programme_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--programme", required=True, metavar="CODE", help="code of the programme, e.g. qingyuan-2016")


def programme_of(args: argparse.Namespace) -> Programme:
    """The named programme. Refused: unknown_programme, with the codes that exist."""
    programme = Programme.objects.select_related("region", "organisation").filter(code=args.programme).first()
    if programme is None:
        codes = ", ".join(Programme.objects.order_by("code").values_list("code", flat=True)) or "-"
        raise Refused(
            "unknown_programme",
            _("There is no programme %(code)s. Programmes here: %(codes)s."),
            code=args.programme,
            codes=codes,
        )
    return programme
