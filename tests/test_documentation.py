"""Whatever people can set, call, read or open is described in docs/reference, and nothing is described that is gone."""

import argparse
import hashlib
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from qixue import settings
from qixue.cli import COMMANDS, frame_parser
from qixue.core.figures import FigureDefinition, registry
from qixue.participation.chain import FORMAT_VERSION, entry_content
from qixue.participation.models import LedgerEntry
from qixue.people.models import Organisation
from qixue.people.rules import MEANING, Action
from qixue.programme.models import Activity, Programme
from qixue.report import docx_writer, fonts, proofreader, verdicts
from qixue.report.drafting.charts import DOCUMENT_CHARTS
from qixue.report.models import SummarySection
from tests import roles_page

ROOT = Path(__file__).resolve().parent.parent
RELIABILITY = ROOT / "docs" / "reference" / "reliability.md"
REFERENCE = ROOT / "docs" / "reference"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "bench/README.md")),
    *sorted((ROOT / "deploy").rglob("*.md")),
]
SHELL = [*(path for path in (ROOT / "bin").iterdir() if path.is_file()), ROOT / ".ci" / "run"]
SHELLS_OWN = {"PATH", "OLDPWD", "PWD", "HOME", "DEBIAN_FRONTEND"}


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of all table rows of a page, without heads and rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if not set("".join(row)) <= set("-: ")]


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of the same or a higher level."""
    level = heading.split(" ", 1)[0]
    found = re.search(rf"^{re.escape(heading)}$\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text, re.M | re.S)
    return found[1] if found else ""


# Settings and environment


def test_settings_page_names_every_setting_and_no_other():
    documented = re.findall(r"^\| `(QIXUE_[A-Z_]+)` \|", page("settings.md"), re.M)

    assert sorted(documented) == sorted(settings.KNOWN)


def names_read_from_the_environment() -> Iterator[str]:
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        yield from re.findall(r"(?:environ(?:\.get|\.setdefault)?|getenv)[\[(]\"([A-Z_]+)\"", text)
        yield from re.findall(r"\"([A-Z_]+)\" in os\.environ", text)
        yield from re.findall(r"for name in \(((?:\"[A-Z_]+\",? ?)+)\):\n +if value := environment", text)
    for path in SHELL:
        yield from re.findall(r"\$\{([A-Z][A-Z_]+):-", path.read_text(encoding="utf-8"))


def test_settings_page_names_every_environment_name_that_the_code_reads():
    found = {name for names in names_read_from_the_environment() for name in re.findall(r"[A-Z_]{2,}", names)}

    assert {"LC_ALL", "CI", "QIXUE_VAR"} <= found
    assert [name for name in sorted(found - SHELLS_OWN) if f"`{name}`" not in page("settings.md")] == []


# Commands


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Each command that can be typed with its parser: `ledger verify`, not `ledger`."""
    for module in dict.fromkeys(module for module, _line in COMMANDS.values()):
        top = argparse.ArgumentParser(prog="qixue")
        commands = top.add_subparsers()
        importlib.import_module(f"qixue.cli.{module}").add_parser(commands)
        yield from leaves(commands)


def leaves(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", before: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for name, parser in commands.choices.items():
        below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        for action in below:
            yield from leaves(action, f"{before}{name} ")
        if not below:
            yield f"{before}{name}", parser


def usage(command: str, parser: argparse.ArgumentParser) -> str:
    """`qixue regions load FILE.csv`: the command with the values it must be given."""
    values = [str(action.metavar or action.dest) for action in parser._actions if not action.option_strings]
    return " ".join(["qixue", command, *values])


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings} - {"-h", "--help"}


def test_commands_page_has_a_section_for_every_command_and_no_other():
    documented = re.findall(r"^## `(qixue [^`]+)`$", page("cli.md"), re.M)

    assert sorted(documented) == sorted(usage(command, parser) for command, parser in parsers())


def test_commands_page_names_every_option_of_every_command_and_no_other():
    expected = {usage(command, parser): options(parser) for command, parser in parsers()}

    text = page("cli.md")
    documented = {
        heading: set(re.findall(r"^\| `(--[a-z-]+)", section(text, f"## `{heading}`"), re.M)) for heading in expected
    }

    assert documented == expected


def test_commands_page_names_the_options_of_qixue_itself():
    text = section(page("cli.md"), "## Options of every command")

    assert set(re.findall(r"^\| `(--[a-z-]+)", text, re.M)) == options(frame_parser("en")) | {"--help"}


# Figures


def definition_lines(definition: FigureDefinition) -> list[str]:
    with override("en"):
        name, rule = str(definition.name), str(definition.rule)
    with override("zh-hans"):
        name_zh, rule_zh = str(definition.name), str(definition.rule)
    dimensions = ", ".join(f"`{dimension}`" for dimension in definition.dimensions) or "none"
    return [
        f"- Name: {name} · {name_zh}",
        f"- Unit: `{definition.unit.code}` ({definition.unit.zh})",
        f"- Rule: {rule}",
        f"- 口径：{rule_zh}",
        f"- Dimensions: {dimensions}",
    ]


@pytest.mark.parametrize("definition", registry.all(), ids=lambda definition: definition.code)
def test_figures_page_says_what_the_definition_says(definition):
    text = section(page("figures.md"), f"### `{definition.code}`")

    assert [line for line in text.splitlines() if line.startswith("- ")] == definition_lines(definition)


def test_figures_page_describes_no_other_figure():
    documented = re.findall(r"^### `(\w+)`$", page("figures.md"), re.M)

    assert sorted(documented) == sorted(definition.code for definition in registry.all())


# Roles


def test_every_action_says_what_it_allows():
    assert list(MEANING) == list(Action)


def test_roles_page_is_what_the_code_says():
    """`bin/roles` writes the page anew."""
    assert page("roles.md") == roles_page.page()


# Routes


def routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    """Each address with the action that its page declares, or nothing."""
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield here, getattr(pattern.callback, "action", "")
        else:
            yield from routes(pattern, here)


def test_routes_page_names_every_address_and_no_other():
    documented = [row[0].strip("`") for row in rows(page("routes.md")) if row[0].startswith("`/")]

    assert sorted(documented) == sorted({address for address, _action in routes(get_resolver())})


def test_routes_page_states_the_action_that_each_page_declares():
    staff = rows(section(page("routes.md"), "## For staff"))[1:]

    documented = {row[0].strip("`"): row[1].strip("`") for row in staff}

    assert documented == {address: action for address, action in routes(get_resolver()) if address in documented}
    assert [address for address, action in routes(get_resolver()) if action and address not in documented] == []


# Ledger


def test_ledger_page_lists_the_members_of_an_entry():
    programme = Programme(code="p")
    entry = LedgerEntry(organisation=Organisation(code="o"), activity=Activity(code="a", programme=programme))

    table = section(page("ledger.md"), "## The hashed content")
    documented = [name for row in rows(table) for name in re.findall(r"`(\w+)`", row[0])]

    assert documented == list(entry_content(entry))


def test_ledger_page_example_gives_the_hashes_it_states():
    text = section(page("ledger.md"), "## A worked example")
    contents = re.findall(r"```json\n(.*?)\n```", text, re.S)
    stated = re.findall(r"^Hash: `([0-9a-f]{64})`$", text, re.M)

    computed = [""]
    for content in contents:
        computed.append(hashlib.sha256(f"{computed[-1]}\n{content}".encode()).hexdigest())

    assert len(stated) == 2
    assert computed[1:] == stated
    assert [json.loads(content)["format"] for content in contents] == [FORMAT_VERSION] * 2


def test_ledger_page_names_every_kind_and_source():
    text = page("ledger.md")

    assert [row[0].strip("`") for row in rows(section(text, "## Kinds of entry"))[1:]] == list(LedgerEntry.Kind.values)
    assert [source for source in LedgerEntry.Source.values if f"`{source}`" not in text] == []


# Work summary


def test_work_summary_page_names_every_way_of_drafting_and_every_remark():
    text = page("work-summary.md")

    drafts = [row[0].strip("`") for row in rows(section(text, "## Sections"))[1:]]
    remarks = [row[0].strip("`") for row in rows(section(text, "## What the draft tells its editor"))[1:]]

    assert drafts == list(SummarySection.Draft.values)
    assert remarks == list(proofreader.RULE_CODES)


def test_work_summary_page_names_every_chart():
    charts = [row[0].strip("`") for row in rows(section(page("work-summary.md"), "## Charts"))[1:]]

    assert charts == list(DOCUMENT_CHARTS)


def test_work_summary_page_names_every_outcome_of_a_check():
    outcomes = [row[0].strip("`") for row in rows(section(page("work-summary.md"), "## Numbers"))[1:]]

    assert outcomes == [
        verdicts.STANDS,
        verdicts.ALTERED,
        verdicts.CHANGED,
        verdicts.UNKNOWN,
    ]


def test_seals_page_names_every_outcome_and_no_other():
    outcomes = {row[0].strip("`") for row in rows(section(page("seals.md"), "## What `verify` says"))}

    assert {
        verdicts.STANDS,
        verdicts.ALTERED,
        verdicts.CHANGED,
        verdicts.LIST_ALTERED,
        verdicts.NOT_COMPARED,
    } <= outcomes
    assert verdicts.UNKNOWN not in outcomes  # a draft's only


def test_work_summary_page_states_the_layout_that_is_written():
    layout = dict(row[:2] for row in rows(section(page("work-summary.md"), "## Layout")))

    assert f"exactly {docx_writer.LINE_PITCH.pt} pt" in layout["Grid"]
    assert f"−{-int(docx_writer.CHARACTER_SPACING) / 20} pt" in layout["Grid"]
    assert layout["Body"].startswith(f"仿宋 {docx_writer.BODY_SIZE} pt")
    assert layout["Title"].startswith(f"小标宋 {docx_writer.TITLE_SIZE} pt")
    assert f"宋体 {docx_writer.PAGE_NUMBER_SIZE} pt" in layout["Page number"]
    assert f"caption 黑体 {docx_writer.TABLE_SIZE} pt" in layout["Tables"]


def test_work_summary_page_lists_the_fonts_in_order():
    table = [row for row in rows(page("work-summary.md")) if row[0] in fonts.STYLES]

    assert {row[0]: tuple(", ".join(row[1:]).split(", ")) for row in table} == {
        style: tuple(family.removesuffix(" R") for family in families) for style, families in fonts.STYLES.items()
    }


# Pages and links


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)
    return broken


def test_reliability_page_names_tests_that_there_are():
    named = re.findall(r"`(tests/[\w/.]+)::(\w+)`", RELIABILITY.read_text())
    sources = {path: (ROOT / path).read_text() for path, _name in named}

    assert len(named) > 50
    assert [f"{path}::{name}" for path, name in named if f"\ndef {name}(" not in sources[path]] == []


def test_reliability_page_has_a_row_for_each_promise():
    rows = re.findall(r"^\| ([A-Z]\d) \|", RELIABILITY.read_text(), re.MULTILINE)

    counts = {"L": 6, "F": 8, "A": 4, "C": 3, "B": 6, "P": 3, "Q": 1}
    assert rows == [f"{letter}{number}" for letter, count in counts.items() for number in range(1, count + 1)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(path):
    assert broken_links(path) == []


def test_index_leads_to_every_page():
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link).resolve() for link in re.findall(r"\]\(([^)#\s]+)", index.read_text())}

    pages = {path for path in (ROOT / "docs").rglob("*.md") if path.parent != DECISIONS[0].parent} - {index}

    assert sorted(str(path) for path in pages - linked) == []


def test_paths_named_in_the_pages_exist():
    named = {
        (path, name)
        for path in PAGES
        for name in re.findall(r"`((?:src|bin|docs|tests|deploy)/[\w./-]+)`", path.read_text(encoding="utf-8"))
    }

    assert named
    assert [name for _path, name in sorted(named) if not (ROOT / name).exists()] == []


# Decision records


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_decision_record_is_short_and_has_its_three_parts(path):
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences"]
    assert 150 <= len(text.split()) <= 350


def test_decision_records_are_numbered_without_a_gap_and_listed():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")

    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert re.findall(r"^\d+\. \[.+\]\((.+)\)$", index, re.M) == [path.name for path in DECISIONS]
    for path in DECISIONS:
        assert path.read_text(encoding="utf-8").startswith(f"# {int(path.name[:4])}. ")
