"""What somebody signs in with besides the password, and whether they must."""

from dataclasses import dataclass

from qixue.core import second_factor
from qixue.people.models import AuthenticatorApp, Passkey, RecoveryCode, RoleAssignment, User


@dataclass(frozen=True)
class Factors:
    app: AuthenticatorApp | None
    passkeys: list[Passkey]
    codes_left: int

    def __bool__(self) -> bool:
        """Whether there is a second step. Recovery codes alone are none: they stand in for a lost one."""
        return bool(self.app or self.passkeys)


def factors_of(user: User) -> Factors:
    return Factors(
        app=AuthenticatorApp.objects.filter(user=user).first(),
        passkeys=list(Passkey.objects.filter(user=user).order_by("added_at", "pk")),
        codes_left=RecoveryCode.objects.filter(user=user, used_at=None).count(),
    )


def has_second_factor(user: User) -> bool:
    return AuthenticatorApp.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()


def must_have_second_factor(user: User) -> bool:
    """Whoever holds a role, where the city requires it (QIXUE_SECOND_FACTOR)."""
    is_required = second_factor.policy() == second_factor.REQUIRED
    return is_required and RoleAssignment.objects.current().filter(user=user).exists()
