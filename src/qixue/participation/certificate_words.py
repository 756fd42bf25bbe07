"""What a certificate says besides names, days and numbers: Chinese, as the document itself is."""

from qixue.participation.models import CertificateRule

BY_HAND = "由承办单位在实际参加者中评定。"


def criteria_in_words(rule: CertificateRule, total: int) -> str:
    """Why somebody has the certificate, in a sentence that stands in the credential and on the public page."""
    least = rule.least_session_count
    first = f"在全部{total}场活动中实到不少于{least}场。" if least else BY_HAND
    return f"{first}{rule.criteria}"
