"""The public keys of the platform, for everybody who checks a ticket, a certificate or a work summary without us."""

from django.http import HttpRequest, JsonResponse

from qixue.core.audience import for_everybody
from qixue.core.models import SigningKey
from qixue.core.signing_keys import public_keys, published, signing_key

SECONDS = 300  # for which a cache may answer


@for_everybody
def keys(request: HttpRequest) -> JsonResponse:
    for purpose in SigningKey.Purpose.values:
        signing_key(purpose)  # so that a device learns the key before the first ticket exists
    return JsonResponse(
        {"keys": [published(key) for key in public_keys()]},
        headers={"Cache-Control": f"public, max-age={SECONDS}", "Access-Control-Allow-Origin": "*"},
    )
