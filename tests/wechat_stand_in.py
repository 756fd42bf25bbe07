"""A stand-in for WeChat that speaks its protocol: the page that sends a browser back with a code, and the exchange.

Codes are good once; errors are 200 with an `errcode`, as those of the real one.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.answering import answering

APP_ID, SECRET = "wx1234567890abcdef", "a-secret-of-the-account"


@dataclass
class WeChat:
    """`person` is whoever holds the phone; `trouble` is what the exchange answers instead of its own."""

    url: str = ""
    person: str = "oOpenid-of-one"
    unionid: str = ""
    codes: dict[str, str] = field(default_factory=dict)  # code -> openid, until it is used
    used: set[str] = field(default_factory=set)
    trouble: bytes | None = None
    delay: float = 0  # seconds
    exchanges: list[dict[str, str]] = field(default_factory=list)

    def send_back(self, asked: dict[str, str]) -> str:
        """The address to which WeChat sends the browser."""
        if asked["appid"] != APP_ID or asked["response_type"] != "code" or asked["scope"] != "snsapi_base":
            raise ValueError("WeChat shows a page of its own: wrong parameters")
        code = f"code-{len(self.codes) + len(self.used)}"
        self.codes[code] = self.person
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, asked: dict[str, str]) -> dict[str, Any]:
        self.exchanges.append(asked)
        if asked["appid"] != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if asked["secret"] != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if asked["code"] in self.used:
            return {"errcode": 40163, "errmsg": "code been used"}
        if asked.get("grant_type") != "authorization_code" or asked["code"] not in self.codes:
            return {"errcode": 40029, "errmsg": "invalid code"}
        openid = self.codes.pop(asked["code"])
        self.used.add(asked["code"])
        told = {"access_token": "ACCESS", "expires_in": 7200, "refresh_token": "REFRESH", "openid": openid}
        return {**told, "scope": "snsapi_base", **({"unionid": self.unionid} if self.unionid else {})}


@contextmanager
def running_wechat() -> Iterator[WeChat]:
    wechat = WeChat()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/connect/oauth2/authorize":
                self.send_response(302)
                self.send_header("Location", wechat.send_back(asked))
                self.end_headers()
                return
            time.sleep(wechat.delay)
            self.send_response(200 if parts.path == "/sns/oauth2/access_token" else 404)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            with suppress(BrokenPipeError):  # the one who asked has not waited
                self.wfile.write(wechat.trouble or json.dumps(wechat.exchange(asked)).encode())

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    wechat.url = f"http://127.0.0.1:{server.server_port}"
    with answering(server):
        yield wechat
