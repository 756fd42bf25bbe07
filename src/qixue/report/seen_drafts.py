"""The draft with which somebody begins to write goes to them and comes back signed: only the site says what it was."""

from django.core import signing

signer = signing.Signer(salt="draft of a section")


def signed_draft(draft: str) -> str:
    return signer.sign_object(draft, compress=True)


def seen_draft(signed: str) -> str:
    """Raises BadSignature for anything that `signed_draft` has not made."""
    return str(signer.unsign_object(signed))
