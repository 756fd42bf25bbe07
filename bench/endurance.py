"""What goes on for long, beside sign-ups (L6): twenty work summaries asked for at once, and half an hour of load.

The shipped server on the database of registration.py; people sign up at a steady rate and read the programme.
Reports: a coordinator asks for the whole work summary twenty times at once; goal: the p95 of sign-ups beside them is
at most twice that before. Soak: the memory of all processes of the server (Pss) after the first minute and at the end;
goal: it grows by at most a tenth. Every answer is checked and the database counted.

    .venv/bin/python bench/endurance.py
    .venv/bin/python bench/endurance.py --database sqlite --only soak --minutes 3
"""

import argparse
import itertools
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import load
import registration
import servers

PORT = 8118
REPORTS, MOST_SLOWER, MOST_GROWTH = 20, 2.0, 1.1
PAGES, PAGES_PER_SECOND, CLIENTS = ("/", "/programmes/week/sessions/"), 2, 64
MINUTES_OF_A_SESSION = 10  # then the next, before anybody comes again
SIGN_IN = "import django; django.setup(); import endurance; endurance.sign_in()"
AGAIN_IN = re.compile(rb'http-equiv="refresh" content="(\d+)"')  # seconds, as the page says


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    servers.add_databases(parser)
    parser.add_argument("--only", choices=["reports", "soak"], nargs="+", default=["reports", "soak"])
    parser.add_argument("--rate", type=int, default=20, help="sign-ups a second")
    parser.add_argument("--minutes", type=int, default=30, help="of the soak")
    options = parser.parse_args()
    return 0 if servers.met_on_each(options, lambda environment: endured(environment, options)) else 1


def endured(environment: dict[str, str], options: argparse.Namespace) -> bool:
    environment["QIXUE_SECOND_FACTOR"] = "offered"  # files are measured, not the set-up asked for before them
    cookie, bench, is_met = signed_in(environment), registration.Bench(environment, 0), True
    with servers.running(servers.Site(environment, PORT)) as site:
        if "reports" in options.only:
            is_met &= reports(bench, options.rate, cookie)
        if "soak" in options.only:
            is_met &= soak(bench, site, options.rate, options.minutes)
    return is_met


def reports(bench: registration.Bench, rate: int, cookie: str) -> bool:
    """All of them at the same moment, while people go on signing up."""
    asked = load.request("GET", "/workspace/programmes/week/summary/docx/", Cookie=cookie)
    alone = load.closed_loop(PORT, [load.Ask(asked, "report")] * 2, clients=1)
    assert {answer.status for answer in alone} == {200}, {answer.status for answer in alone}
    seconds = max(10, int(alone[-1].seconds * REPORTS))  # as long as they take, so that all sign-ups are beside them
    session = next(bench.sessions[registration.HUGE])
    quiet = load.at_rate(PORT, asks(bench, session, rate, seconds), clients=CLIENTS)
    with ThreadPoolExecutor(REPORTS) as clerks:
        waited = [clerks.submit(made_at_last, asked) for _number in range(REPORTS)]
        answers = load.at_rate(PORT, asks(bench, session, rate, seconds), clients=CLIENTS)
        last = max(each.result() for each in waited)
    must_be_there(bench, session, [*quiet, *answers])
    before, during = (load.percentile(sign_ups(found), 0.95) for found in (quiet, answers))
    print(f"L6 {REPORTS} work summaries at once: the last after {last:.1f} s (alone {alone[-1].seconds:.1f})")
    slower = f"p95 {before:.0f} ms before, {during:.0f} beside them = {during / before:.1f} x"
    print(f"   sign-ups, {rate} a second: {slower}, goal {MOST_SLOWER:.0f}", flush=True)
    return during <= MOST_SLOWER * before


def made_at_last(asked: bytes) -> float:
    """Seconds until one has the file, who loads the page again as it says."""
    began = time.perf_counter()
    while True:
        [answer] = load.closed_loop(PORT, [load.Ask(asked)], clients=1)
        if answer.status == HTTPStatus.OK:
            return time.perf_counter() - began
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE, answer.status
        found = AGAIN_IN.search(answer.body)
        assert found, "the page does not say when it asks again"
        time.sleep(int(found[1]))


def soak(bench: registration.Bench, site: servers.Site, rate: int, minutes: int) -> bool:
    sizes: list[float] = []
    session = 0
    for minute in range(minutes):
        if minute % MINUTES_OF_A_SESSION == 0:
            session, answers = next(bench.sessions[registration.HUGE]), []
        of_minute = load.at_rate(PORT, asks(bench, session, rate, 60), clients=CLIENTS)
        answers += of_minute
        must_be_there(bench, session, answers)
        sizes.append(site.megabytes())
        print(
            f"   minute {minute + 1:2}  {sizes[-1]:,.0f} MB  p95 {load.percentile(sign_ups(of_minute), 0.95):.0f} ms",
            flush=True,
        )
    growth = sizes[-1] / sizes[0]
    print(
        f"L6 {minutes} minutes of load: {sizes[0]:,.0f} to {sizes[-1]:,.0f} MB = {growth:.2f} x, goal {MOST_GROWTH}",
        flush=True,
    )
    return growth <= MOST_GROWTH


def asks(bench: registration.Bench, session: int, rate: int, seconds: int) -> Iterator[load.Ask]:
    """Those who sign up, and some who read."""
    for number, ask in enumerate(itertools.islice(bench.asked(session, bench.newcomers()), rate * seconds)):
        ask.due = number / rate
        yield ask
    for number in range(PAGES_PER_SECOND * seconds):
        page = PAGES[number % len(PAGES)]
        yield load.Ask(load.request("GET", page), page, due=number / PAGES_PER_SECOND)


def sign_ups(answers: list[load.Answer]) -> list[load.Answer]:
    return [answer for answer in answers if isinstance(answer.name, tuple)]


def must_be_there(bench: registration.Bench, session: int, answers: list[load.Answer]) -> None:
    assert {answer.status for answer in answers} <= {200, 201}, {answer.status for answer in answers}
    assert len(bench.rows(session)) == len(sign_ups(answers)), "the database has something else than was answered"


def signed_in(environment: dict[str, str]) -> str:
    """The cookie of a coordinator who is signed in, made in a process of its own."""
    command = [sys.executable, "-c", SIGN_IN]
    answer = subprocess.run(
        command, env=environment, cwd=Path(__file__).parent, check=True, stdout=subprocess.PIPE, text=True
    )
    return str(json.loads(answer.stdout.splitlines()[-1]))


def sign_in() -> None:
    from django.conf import settings  # noqa: PLC0415 - after django.setup
    from django.test import Client  # noqa: PLC0415 - as above

    from qixue.core.clock import now  # noqa: PLC0415 - as above
    from qixue.people.models import Organisation, Role, RoleAssignment, User  # noqa: PLC0415 - as above

    clerk = User.objects.create(username="clerk", display_name="协调员", password="!")  # noqa: S106 - no usable one
    RoleAssignment.objects.create(
        user=clerk, organisation=Organisation.objects.get(), role=Role.COORDINATOR, granted_at=now()
    )
    client = Client()
    client.force_login(clerk)
    print(json.dumps(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"))


if __name__ == "__main__":
    sys.exit(main())
