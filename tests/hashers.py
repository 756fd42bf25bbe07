from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The same method with the least work: tests ask whether a password opens, not how long a thief would need."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
