"""The first look at the site on a phone (goal P11): home, list and session page, each with an empty cache.

Chromium (Debian's) with a window of 390 x 844, its processor slowed down 4 times, 1.6 Mbit/s and 150 ms to each answer,
asks the shipped server on a scratch database of 2,000 activities. Printed are medians of the first contentful paint, of
all bytes and of the layout shift, and what was fetched. Exit code 1 when a page misses the goal.

    .venv/bin/python bench/first_paint.py [--database sqlite] [--times 5]
"""

import argparse
import shutil
import sys
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

import load
import public_pages
import servers

PORT, SIZE = 8114, 2_000
PAGES = {"home": "/", "list": "/programmes/week/sessions/", "session": "/sessions/1/"}
WINDOW = {"width": 390, "height": 844}
SLOWER = 4  # times
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}  # ms, bytes/s
PAINT_GOAL, BYTES_GOAL, SHIFT_GOAL = 1_500, 150_000, 0.0  # ms, bytes, score
SETTLED = 1_000  # ms after the load within which the layout may still shift
WATCH = """
window.shift = 0;
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass
class Look:
    """One opening of a page with an empty cache: milliseconds, bytes over the wire, score."""

    paint: float
    size: float
    shift: float
    requests: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--times", type=int, default=5, help="each page is opened")
    parser.add_argument("--scratch", default="/tmp/qixue-bench", help="where databases are kept")  # noqa: S108 - a default
    options = parser.parse_args()
    is_met = True
    scratch = servers.scratch_folder(options.scratch)
    with public_pages.site_of(options.database, scratch, SIZE, PORT) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, path in PAGES.items():
            address = f"http://{servers.HOST}:{site.port}{path}"
            is_met &= report(name, [look(browser, address) for _time in range(options.times)])
        browser.close()
    return 0 if is_met else 1


def look(browser: Browser, address: str) -> Look:
    context = browser.new_context(viewport=WINDOW, device_scale_factor=2, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.add_init_script(WATCH)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="load")
    page.wait_for_timeout(SETTLED)
    found = Look(page.evaluate(PAINT), sum(sizes), page.evaluate("window.shift"), len(sizes))
    context.close()
    return found


def report(name: str, looks: list[Look]) -> bool:
    paint, size, shift = (load.middle(getattr(look, value) for look in looks) for value in ("paint", "size", "shift"))
    values = " ".join(f"{look.paint:.0f}" for look in looks)
    print(
        f"{name:<8} first paint {paint:,.0f} ms ({values}), {size / 1000:.0f} kB in {looks[0].requests} requests, "
        f"layout shift {shift:.3f}"
    )
    return paint <= PAINT_GOAL and size <= BYTES_GOAL and shift <= SHIFT_GOAL


if __name__ == "__main__":
    sys.exit(main())
