"""What the style asks of every file, held by the machine."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import polib
from django.apps import apps
from django.db import models
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "qixue"
FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES, PARAMETERS, NESTING = 400, 50, 150, 6, 3
LAYERS = [
    ["core"],
    ["places"],
    ["people"],
    ["programme"],
    ["participation"],
    ["swap"],
    ["figures"],
    ["report"],
    ["web", "api"],
]
FLOOR = {app: floor for floor, names in enumerate(LAYERS) for app in names}
DOMAIN = ("places", "people", "programme", "participation", "swap", "figures", "report")
CATALOGUE = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try)


def tracked(*patterns: str) -> list[Path]:
    """Files that belong to the repository: those git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


PYTHON = [path for path in tracked("*.py") if "migrations" not in path.parts]


@lru_cache
def trees() -> dict[Path, ast.Module]:
    """What stands in each file. Read only where a test asks: the others are collected by every worker, too."""
    return {path: ast.parse(path.read_text(), filename=str(path)) for path in PYTHON}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def lines_with(path: Path, pattern: str) -> list[str]:
    expression = re.compile(pattern)
    lines = enumerate(path.read_text().splitlines(), start=1)
    return [f"{path.relative_to(ROOT)}:{number} {line.strip()}" for number, line in lines if expression.search(line)]


def relative_imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def depth(node: ast.AST) -> int:
    """How deep blocks stand in one another; an `elif` is no deeper than its `if`, a nested def counts by itself."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, depth(child) + (isinstance(child, BLOCKS) and not is_elif))
    return deepest


def test_python_files_are_short():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in PYTHON}

    assert {name: length for name, length in lengths.items() if length > FILE_LINES} == {}


def test_functions_are_short():
    lengths = {name: (node.end_lineno or 0) - node.lineno + 1 for name, node in functions()}

    assert {name: length for name, length in lengths.items() if length > FUNCTION_LINES} == {}


def test_functions_take_few_parameters():
    """Left out: `self`, and `by` and `at`, which every operation takes; tests, whose parameters are their data."""
    always = {"self", "cls", "by", "at"}
    counts = {
        name: len({argument.arg for argument in parameters(node)} - always)
        for name, node in functions()
        if not name.startswith("tests/")
    }

    assert {name: count for name, count in counts.items() if count > PARAMETERS} == {}


def test_functions_are_flat():
    depths = {name: depth(node) for name, node in functions()}

    assert {name: levels for name, levels in depths.items() if levels > NESTING} == {}


def test_templates_are_short():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in tracked("src/*.html")}

    assert {name: length for name, length in lengths.items() if length > TEMPLATE_LINES} == {}


def test_templates_have_no_inline_style_or_script():
    served = [path for path in tracked("src/*.html") if not path.match("me/data/copy.html")]  # a file to take away
    found = [line for path in served for line in lines_with(path, r"<style|\sstyle=|<script>|\son\w+=")]

    assert found == []


def test_only_the_frame_of_all_pages_says_that_a_form_has_errors():
    """`base.html` puts "Error: " before the title: a page that did so as well would say it twice."""
    found = [line for path in tracked("src/*.html") for line in lines_with(path, r'translate "Error: "')]

    assert [line.split(":")[0] for line in found] == ["src/qixue/web/templates/base.html"]


def test_nothing_is_called_utils_or_helpers():
    names = {"utils", "helpers", "common", "misc", "constants"}

    assert [str(path.relative_to(ROOT)) for path in PYTHON if names & {path.stem, *path.relative_to(ROOT).parts}] == []


def test_models_have_no_implicit_order_and_no_logic_in_save():
    found = []
    for model in own_models():
        if model._meta.ordering:
            found.append(f"{model.__name__} has Meta.ordering")
        found += [f"{model.__name__} overrides {name}" for name in ("save", "delete") if name in vars(model)]

    assert found == []


def test_apps_do_not_talk_by_signals():
    signals = ("django.db.models.signals", "django.dispatch")
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, tree in trees().items()
        for name in relative_imports_of(tree)
        if name.startswith(signals) and SOURCE in path.parents and not name.endswith(("pre_migrate", "post_migrate"))
    ]

    assert found == []


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("qixue.")]


def test_foreign_keys_point_to_the_same_app_or_down():
    links = [
        (model._meta.app_label, field.related_model._meta.app_label, f"{model.__name__}.{field.name}")
        for model in own_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model in own_models()
    ]

    assert len(links) > 0
    assert [link for link in links if FLOOR[link[1]] > FLOOR[link[0]]] == []


def test_domain_knows_no_request_form_or_shortcut():
    unwanted = ("django.http", "django.forms", "django.shortcuts", "django.views", "django.contrib.messages")
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, tree in trees().items()
        if path.is_relative_to(SOURCE) and path.relative_to(SOURCE).parts[0] in DOMAIN
        for name in relative_imports_of(tree)
        if name.startswith(unwanted)
    ]

    assert found == []


def test_exceptions_from_the_rules_carry_their_reason():
    """`# noqa: CODE - reason`, `# type: ignore[code]` at least names what it ignores."""
    found = []
    for path in PYTHON:
        found += lines_with(path, r"#\s*noqa(?!: [A-Z0-9, ]+ - \S)")
        found += lines_with(path, r"#\s*type:\s*ignore(?!\[)")

    assert [line for line in found if not line.startswith("tests/test_repository.py")] == []


def test_no_file_names_the_machine_it_was_written_on():
    place = "/" + "work" + "/"

    assert [str(path.relative_to(ROOT)) for path in tracked() if place in path.read_text(errors="ignore")] == []


def test_locks_have_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        "requirements.lock": project["dependencies"],
        "requirements-test.lock": project["optional-dependencies"]["test"],
    }
    locked = {name: set(re.findall(r"^([\w.-]+)==", (ROOT / name).read_text(), re.MULTILINE)) for name in wanted}

    missing = {
        name: [text for text in texts if canonicalize_name(Requirement(text).name) not in locked[name]]
        for name, texts in wanted.items()
    }
    assert missing == {"requirements.lock": [], "requirements-test.lock": []}


def test_translation_is_complete():
    entries = polib.pofile(str(CATALOGUE))
    missing = [entry.msgid for entry in entries if not entry.obsolete and not entry.translated()]

    assert (missing, [entry.msgid for entry in entries.fuzzy_entries()]) == ([], [])


def test_translation_has_every_text_of_the_source(tmp_path):
    """Runs makemessages on a copy: a text that was added or changed without its translation is named."""
    copy = tmp_path / "qixue"
    subprocess.run(["cp", "-r", str(SOURCE), str(copy)], check=True)
    command = [
        sys.executable,
        "-m",
        "django",
        "makemessages",
        "-l",
        "zh_Hans",
        "--no-wrap",
        "--no-location",
        "--no-obsolete",
    ]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)

    collected = polib.pofile(str(copy / CATALOGUE.relative_to(SOURCE)))

    known = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(CATALOGUE))}
    assert {(entry.msgctxt, entry.msgid) for entry in collected} ^ known == set()


def test_compiled_translation_is_that_of_the_source():
    source = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(CATALOGUE)) if entry.translated()}
    compiled = {(entry.msgctxt, entry.msgid): entry for entry in polib.mofile(str(CATALOGUE.with_suffix(".mo")))}

    assert {key: (entry.msgstr, entry.msgstr_plural) for key, entry in compiled.items()} == {
        key: (entry.msgstr, entry.msgstr_plural) for key, entry in source.items()
    }


def test_translation_keeps_the_placeholders():
    named, in_braces = re.compile(r"%\(\w+\)[sd]"), re.compile(r"\{\w*\}")
    found = []
    for entry in polib.pofile(str(CATALOGUE)):
        original = f"{entry.msgid} {entry.msgid_plural}"
        for text in filter(None, [entry.msgstr, *entry.msgstr_plural.values()]):
            is_same = set(named.findall(text)) == set(named.findall(original))
            if not is_same or not set(in_braces.findall(text)) <= set(in_braces.findall(original)):
                found.append(entry.msgid)

    assert found == []


def test_translation_says_of_each_text_with_a_named_placeholder_that_it_has_one():
    """Else msgfmt does not compare the two texts."""
    entries = [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]

    with_one = [entry for entry in entries if re.search(r"%\(\w+\)", f"{entry.msgid} {entry.msgid_plural}")]

    assert [entry.msgid for entry in with_one if "python-format" not in entry.flags] == []


def test_one_act_and_one_role_have_one_word():
    """By the glossary whoever carries an activity out is 承办, and 主办 is the host. To move a person is 改场次; 改期
    reads as if the session were put off.
    """
    entries = {
        text: entry.msgid
        for entry in polib.pofile(str(CATALOGUE))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
    }
    hosts = [text for text, msgid in entries.items() if re.search(r"\borganiser", msgid, re.I) and "主办" in text]

    assert [text for text in hosts if "承办" not in text] == []
    assert [text for text in entries if "主办方" in text or "改期" in text] == []
