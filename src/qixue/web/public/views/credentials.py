"""What the addresses in a credential lead to: issuer, achievement, key and list of revoked ones, for programs."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.core.models import SigningKey
from qixue.core.signing_keys import public_keys
from qixue.participation.certificate_words import criteria_in_words
from qixue.participation.credentials import VC_CONTEXT, achievement, key_url, profile
from qixue.participation.models import Certificate, CertificateRule
from qixue.participation.operations.certificates import PURPOSE, signed_revocation_list
from qixue.participation.queries.certificates import has_status_list, session_total
from qixue.people.models import Organisation

SECONDS = 300  # for which a cache may answer
HEADERS = {"Cache-Control": f"public, max-age={SECONDS}", "Access-Control-Allow-Origin": "*"}


def base_url() -> str:
    return str(settings.QIXUE["BASE_URL"])


def issuer_or_404(code: str) -> Organisation:
    """Only who has issued a certificate is an issuer."""
    issuers = Organisation.objects.filter(pk__in=Certificate.objects.values("organisation"))
    return get_object_or_404(issuers, code=code)


@for_everybody
def issuer(request: HttpRequest, code: str) -> JsonResponse:
    """The profile, with the keys that sign for the issuer."""
    found = issuer_or_404(code)
    document = profile(base_url(), found.code, found.name)
    keys = [key_url(base_url(), key.kid) for key in public_keys(PURPOSE)]
    return JsonResponse({"@context": VC_CONTEXT, **document, "verificationMethod": keys}, headers=HEADERS)


@for_everybody
def status(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The signed list of revoked certificates."""
    found = issuer_or_404(code)
    if not has_status_list(found, number):
        raise Http404
    token = signed_revocation_list(found, number, at=now())
    return HttpResponse(token, content_type="application/vc+jwt", headers=HEADERS)


@for_everybody
def achieved(request: HttpRequest, code: str, activity: str) -> JsonResponse:
    """What certificates of an activity are for, as it is said now; each credential keeps its own words."""
    related = CertificateRule.objects.select_related("activity__programme")
    rules = related.filter(activity__in=Certificate.objects.values("activity"))
    rule = get_object_or_404(rules, activity__programme__code=code, activity__code=activity)
    words = criteria_in_words(rule, session_total(rule.activity))
    named = f"{code}/{activity}"
    document = achievement(base_url(), named, kind=rule.kind, title=rule.title, criteria=words)
    return JsonResponse(document, headers=HEADERS)


def jwk(key: SigningKey) -> dict[str, str]:
    """A public key as RFC 8037 writes it."""
    return {"kty": "OKP", "crv": "Ed25519", "x": key.public_key, "kid": key.kid, "alg": "EdDSA", "use": "sig"}


@for_everybody
def key(request: HttpRequest, kid: str) -> JsonResponse:
    found = next((each for each in public_keys(PURPOSE) if each.kid == kid), None)
    if found is None:
        raise Http404
    return JsonResponse(jwk(found), headers=HEADERS, content_type="application/jwk+json")


@for_everybody
def keys(request: HttpRequest) -> JsonResponse:
    """All keys that sign or signed certificates, as a set (RFC 7517)."""
    found = [jwk(each) for each in public_keys(PURPOSE)]
    return JsonResponse({"keys": found}, headers=HEADERS, content_type="application/jwk-set+json")
