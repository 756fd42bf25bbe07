"""Short secrets that must be read again, encrypted where they are stored: a copy of the database gives none away."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(text: str, purpose: str) -> str:
    """Encrypt under a key of its own for the purpose, derived from the secret key of the installation."""
    return fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str | None:
    """None when it was sealed for another purpose, under another secret key, or changed since."""
    try:
        return fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def fernet(purpose: str) -> Fernet:
    digest = hashlib.blake2b(purpose.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
