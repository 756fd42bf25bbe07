"""Asking WeChat who somebody is: OAuth 2 as its official accounts speak it (网页授权), behind a few functions.

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html. Only `snsapi_base` is asked for: it gives the identity
without nickname and picture, and shows no page of consent. Errors come as 200 with an `errcode`. WeChat offers no PKCE;
the code is useless without the secret of the account, which never leaves the server.
"""

import json
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from qixue.core.logs import get_logger
from qixue.core.refusal import Refused

log = get_logger("qixue.wechat")

TIMEOUT = 5.0  # seconds; somebody waits in front of the page
MOST_BYTES = 65_536
CODE_IS_OVER = {40029, 40163, 42003}  # invalid, used already, run out
USER_AGENT = "MicroMessenger"  # what WeChat's own browser calls itself


@dataclass(frozen=True)
class WeChatIdentity:
    """Who somebody is for this official account; `unionid` is the same for all accounts of one owner, if given."""

    openid: str
    unionid: str = ""

    @property
    def mark(self) -> str:
        """What finds the account again; without the secret key nobody can compute it from an identity."""
        return salted_hmac("qixue.wechat", self.unionid or self.openid, algorithm="sha256").hexdigest()

    def as_text(self) -> str:
        return json.dumps([self.openid, self.unionid])


def identity_from(text: str) -> WeChatIdentity:
    openid, unionid = json.loads(text)
    return WeChatIdentity(openid, unionid)


def is_offered() -> bool:
    return bool(settings.QIXUE["WECHAT_APP_ID"])


def address_to_ask(*, back: str, state: str) -> str:
    """Where the browser is sent. The order of the parameters and the end of the address are as WeChat asks for them."""
    query = urlencode(
        {
            "appid": settings.QIXUE["WECHAT_APP_ID"],
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    return f"{settings.QIXUE['WECHAT_OPEN_URL']}/connect/oauth2/authorize?{query}#wechat_redirect"


def identity_behind(code: str) -> WeChatIdentity:
    """Exchange the code, which works once. Call it outside of a transaction: it waits for another machine.

    Refused: wechat_over, wechat_silent.
    """
    query = urlencode(
        {
            "appid": settings.QIXUE["WECHAT_APP_ID"],
            "secret": settings.QIXUE["WECHAT_APP_SECRET"],
            "code": code,
            "grant_type": "authorization_code",
        }
    )
    answer = asked(f"{settings.QIXUE['WECHAT_API_URL']}/sns/oauth2/access_token?{query}")
    number = answer.get("errcode", 0)
    if number in CODE_IS_OVER:
        raise Refused("wechat_over", _("This WeChat sign-in is over. Please begin again."))
    openid, unionid = answer.get("openid"), answer.get("unionid") or ""
    if number or not isinstance(openid, str) or not openid or not isinstance(unionid, str):
        log.error("wechat_refused", errcode=number)  # a wrong secret or address of the site: for whoever runs it
        raise silent()
    return WeChatIdentity(openid, unionid)


def asked(url: str) -> dict[str, Any]:
    """The JSON object behind the address. Refused: wechat_silent. The address holds the secret: it is never logged."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:  # noqa: S310 - from settings, https only
            answer = json.loads(response.read(MOST_BYTES))
    except (HTTPException, OSError, ValueError) as error:
        log.error("wechat_unreachable", error=type(error).__name__)
        raise silent() from None
    if not isinstance(answer, dict):
        raise silent()
    return answer


def silent() -> Refused:
    return Refused(
        "wechat_silent", _("WeChat does not answer as it should. Please sign in with your mobile number instead.")
    )
