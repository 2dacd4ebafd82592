"""The documentation: complete, true, and its examples run."""

import doctest
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import attrs
import pytest
from attrs import field, frozen

from subledger import hooks
from subledger.catalogue import NOUNS
from subledger.cli.app import build_app
from subledger.cli.commands import COMMANDS
from subledger.cli.exits import Exit
from subledger.config import load_settings, schema
from subledger.config.fields import describe, description
from subledger.errors import ConfigError
from subledger.findings import CATEGORIES
from subledger.ledger.effects import State
from subledger.manifest import Operation, Role
from subledger.model.kinds import KNOWN
from subledger.ports import Desk, RecipeType, SinkType, SourceType, StepType
from subledger_quickbooks_online.errors import TABLE

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "docs" / "_ext")]

import pages  # noqa: E402 - found through the path above
from reference import configuration, connectors, entities  # noqa: E402
from reference.categories import findings_table  # noqa: E402
from reference.codes import codes  # noqa: E402
from reference.commands import commands_page, exit_codes  # noqa: E402
from reference.docs import attribute_docs  # noqa: E402
from reference.extension import PYPROJECT, full_catalogue  # noqa: E402
from reference.floors import PUBLIC, floors  # noqa: E402
from reference.markdown import table  # noqa: E402
from reference.matrix import matrix  # noqa: E402
from reference.types import type_text  # noqa: E402

SPHINX = """
import gc, sys
gc.set_threshold(200_000, 50, 1_000)
from sphinx.cmd.build import main
sys.exit(main(sys.argv[1:]))
"""
"""`sphinx-build`, but garbage is looked for less often: what it builds it keeps anyway."""
PRODUCT_ROWS = {"P": 10, "B": 12, "S": 12, "A": 12, "D": 5, "O": 3, "K": 7, "X": 12}
"""How many rows the requirements have under each letter."""


@pytest.fixture(scope="module")
def catalogue():
    return full_catalogue()


def config_classes(catalogue):
    kernel = [
        *(schema.StoreSettings, schema.ServerSettings, schema.LogSettings, schema.DebugSettings),
        *(schema.VaultSettings, schema.PluginTable, schema.FlowTable),
    ]
    plugins = [value.config for _name, value in configuration.connectors(catalogue)]
    plugins += [step.config for step in configuration.values(catalogue, StepType)]
    plugins += [recipe.settings for recipe in configuration.values(catalogue, RecipeType)]
    return [*kernel, *plugins]


def undescribed(cls):
    return [f"{cls.__name__}.{one.name}" for one in attrs.fields(cls) if not description(one)]


# ------------------------------------------------------------------ generated pages


def test_every_setting_has_a_description(catalogue):
    """Whoever meets a setting can read what it does."""
    assert [name for cls in config_classes(catalogue) for name in undescribed(cls)] == []


def test_a_setting_without_description_is_noticed():
    """The check above would find a setting that nobody described."""

    @frozen
    class Config:
        silent: int = 1
        told: int = field(default=1, metadata=describe("Something."))

    assert undescribed(Config) == ["Config.silent"]


def test_the_configuration_page_holds_every_setting(catalogue):
    """No setting of the kernel, a connector, a recipe or a step is missing from the reference."""
    page = configuration.configuration_page(catalogue)
    for cls in config_classes(catalogue):
        for attribute in attrs.fields(cls):
            assert f"| `{attribute.alias}` |" in page, f"{cls.__name__}.{attribute.name}"


def test_the_connectors_page_holds_every_manifest(catalogue):
    """Every connector's kinds and limits stand in the reference, and every role."""
    page = connectors.connectors_page(catalogue)
    found = [value for _name, value in configuration.connectors(catalogue)]
    assert {type(value) for value in found} == {SourceType, SinkType}
    for value in found:
        assert f"## {value.manifest.title}\n" in page
        for limit in value.manifest.limits:
            assert limit in page
    for role in Role:
        assert f"| `{role.value}` |" in page


def test_the_matrix_holds_what_every_connector_can_do(catalogue):
    """Every kind of every manifest stands in the matrix with its operations, in its own column."""
    lines = matrix(catalogue).splitlines()
    heads = [cell.strip() for cell in lines[0].split("|")]
    rows = {cells[1]: cells for line in lines[2:] for cells in [line.replace(" ", "").split("|")]}
    for _name, value in configuration.connectors(catalogue):
        one = value.manifest
        column = heads.index(f"`{one.name}` as a {one.direction}")
        for kind in one.kinds:
            told = rows[f"`{kind}`"][column].replace("lookedup", "read").split(",")
            able = {operation.value for operation in Operation if one.can(kind, operation)}
            assert set(told) == able


def test_a_page_can_show_one_connector_or_recipe(catalogue):
    """The settings and limits on a how-to page are those of the code, and of no other connector."""
    for manifests in connectors.by_title(catalogue).values():
        told = connectors.limits(catalogue, manifests[0].name)
        assert [one for m in manifests for one in m.limits if one not in told] == []
    assert "Syncro" not in connectors.limits(catalogue, "pex")
    assert "| `webhook_verifier` |" in configuration.connector_table(catalogue, "quickbooks-online")
    assert "| `tax_codes` |" in configuration.recipe_table(catalogue, "psa-invoices")
    with pytest.raises(KeyError):
        configuration.recipe_table(catalogue, "no-such-recipe")


def test_every_code_of_quickbooks_online_has_its_way_out():
    """Whoever meets a code of QuickBooks Online finds the cause and what to do."""
    rows = codes().splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == sorted(TABLE, key=int)
    assert all(cell.strip() for row in rows for cell in row.split("|")[1:-1])


def test_the_commands_page_holds_every_command():
    """Every command that can be typed stands in the reference, with its options."""
    page = commands_page(build_app(), COMMANDS)
    for name in COMMANDS:
        assert f"## `subledger {name}`" in page
    assert "`--new-password`" in page
    assert "| `FLOW` | text | required |" in page


def test_the_exit_codes_are_explained():
    """Every exit code has a sentence that a script's author can rely on."""
    page = exit_codes()
    for code in Exit:
        row = next(line for line in page.splitlines() if line.startswith(f"| {code.value} |"))
        assert len(row.split("|")[3].strip()) > 20
        if code is Exit.CONFIG:
            assert "what an argument names" in row
            assert "Nothing was done." in row


def test_the_findings_page_holds_every_category():
    """Every category of findings has its cause and its way out in the reference."""
    page = findings_table()
    for category in CATEGORIES.values():
        assert f"| `{category.name}` |" in page
        assert category.hint in page


def test_the_entities_page_holds_every_kind(catalogue):
    """Every canonical kind and every field of a movement stands in the reference."""
    page = entities.entities_page(catalogue)
    for kind in KNOWN:
        assert f"| `{kind}` |" in page
    assert '| `way` | one of "out", "in" | yes |' in page


def test_the_floors_are_those_of_the_contracts():
    """The architecture page shows the import contracts that the build checks, whole."""
    text = PYPROJECT.read_text(encoding="utf-8")
    page = floors(text)
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    for room in [room.strip() for layer in layers for room in layer.split(":")]:
        assert f"`{room}`" in page
    assert f"- {PUBLIC}" in page


def test_types_are_told_in_words():
    """A reader of the reference needs no Python to know what a setting may hold."""
    every = attrs.fields_dict(attrs.resolve_types(schema.FlowTable))["every"].type
    assert type_text(every) == 'length of time or one of "daily", "manual"'
    assert type_text(tuple[str, ...]) == "list of texts"
    assert type_text(dict[str, dict[str, str]]) == "table of table of texts"
    assert type_text(int | None) == "whole number"


def test_cells_cannot_break_a_table():
    """A description with a bar or a line break stays in its cell."""
    assert table(("a",), [("x | y\nz",)]).splitlines()[2] == "| x \\| y z |"


def test_sentences_below_members_are_read():
    """The sentence below a member of a class reaches the reference."""

    class Word:
        A = 1
        """What A means."""
        B: int = 2

    assert attribute_docs(Word) == {"A": "What A means."}


# ------------------------------------------------------------------------- examples


@pytest.mark.parametrize(
    "block",
    [
        block
        for info in ("toml", "toml whole")
        for block in pages.all_blocks(info)
        if not pages.file_of(block)
    ],
    ids=lambda block: block.id,
)
def test_toml_blocks_load(block, tmp_path):
    """Every piece of configuration in the documentation is accepted by the real loader."""
    document = tomllib.loads(block.text)
    if "connector" in document:
        document = {"connections": {"example": document}}
    whole = pages.merged(pages.base(block.page), document)
    file = tmp_path / "subledger.toml"
    file.write_text(pages.written(whole), encoding="utf-8")
    settings = load_settings(file, environment=pages.EveryVariable())
    assert settings.left_out == ()
    assert set(settings.flows) == set(whole.get("flows", {}))


def test_toml_blocks_of_a_folder_load(tmp_path):
    """The files of the page about many companies make a folder that is accepted."""
    found = [block for block in pages.all_blocks("toml") if pages.file_of(block)]
    assert len(found) > 1
    for block in found:
        file = tmp_path / pages.file_of(block)
        file.parent.mkdir(exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
    settings = load_settings(file.parent, environment=pages.EveryVariable())
    assert set(settings.flows) == {"acme.cards"}


def test_a_wrong_toml_block_is_noticed(tmp_path):
    """The check of configuration blocks would find a setting that does not exist."""
    wrong = {"flows": {"cards": {"revew": True}}}
    file = tmp_path / "subledger.toml"
    file.write_text(pages.written(pages.merged(pages.base(), wrong)), encoding="utf-8")
    with pytest.raises(ConfigError, match="revew"):
        load_settings(file, environment=pages.EveryVariable())


def run_console(text: str, folder: Path) -> list[str]:
    """Runs a block's commands in one shell; the lines that were promised and did not come."""
    commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
    promised = [line for line in text.splitlines() if line.strip() and not line.startswith("$ ")]
    done = subprocess.run(
        ["sh", "-c", "\n".join(commands)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PEX_TOKEN": "demo-token",
            "QBWC_PASSWORD": "x",
            "QBO_CLIENT_SECRET": "simulated-secret",
            "SYNCRO_TOKEN": "demo-token",
            "PYTHONUTF8": "1",
        },
    )
    shown = {" ".join(line.split()) for line in (done.stdout + done.stderr).splitlines()}
    return [line for line in promised if " ".join(line.split()) not in shown]


@pytest.mark.parametrize("block", pages.all_blocks("console run"), ids=lambda block: block.id)
def test_console_blocks_run(block, tmp_path):
    """Every marked command of the documentation prints what the page promises."""
    base = pages.base(block.page)
    base["store"] = {"url": "sqlite:///docs.db"}
    (tmp_path / "subledger.toml").write_text(pages.written(base), encoding="utf-8")
    assert run_console(block.text, tmp_path) == []


def test_a_wrong_console_block_is_noticed(tmp_path):
    """The check of console blocks would find a promise that is not kept."""
    assert run_console("$ echo one\none\ntwo\n", tmp_path) == ["two"]


def test_python_blocks_are_true():
    """Every Python session in the documentation gives what the page shows."""
    found = [block for block in pages.all_blocks("python") if ">>>" in block.text]
    assert found
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    for block in found:
        test = doctest.DocTestParser().get_doctest(block.text, {}, block.id, str(block.page), 0)
        report: list[str] = []
        runner.run(test, out=report.append)
        assert not report, "".join(report)


# ------------------------------------------------------------------------ the words


def test_the_glossary_explains_the_public_words():
    """Every noun that a message or a setting uses has one meaning in the glossary."""
    text = (pages.DOCS / "reference" / "glossary.md").read_text(encoding="utf-8").casefold()
    terms = set(re.findall(r"^([a-z][a-z ]+)$", text, re.MULTILINE))
    wanted = {"account", "books", "connection", "connector", "cursor", "effect", "finding", "flow"}
    wanted |= {"kind", "lease", "epoch", "link", "manifest", "plugin", "recipe", "record", "role"}
    wanted |= {"run", "verdict", "keep", "hold", "skip", "review", "approval", "simulator"}
    wanted |= set(NOUNS.values())
    assert wanted - terms == set()
    for word in [*(state.value for state in State), *(role.value for role in Role)]:
        assert word in text, word
    for verb in ("claim", "settle", "release", "offer"):
        assert verb in text
        assert hasattr(Desk, verb)


def test_every_hook_has_its_row():
    """The reference of hooks shows every hook spec, and which value it returns."""
    text = (pages.DOCS / "reference" / "hooks.md").read_text(encoding="utf-8")
    specs = [name for name in vars(hooks) if name.startswith("register_")]
    assert specs
    for name in specs:
        returned = str(inspect.signature(getattr(hooks, name)).return_annotation)
        value = re.findall(r"ports\.\w+\.(\w+)", returned)[0]
        assert f"| `{name}` | [`{value}`](interface.md#{value.lower()}) |" in text


def test_commands_in_the_text_exist():
    """No page names a command that cannot be typed."""
    named = re.compile(r"\bsubledger (?!simulate )([a-z]+)\b(?= |`|$)", re.MULTILINE)
    for page in pages.pages():
        text = page.read_text(encoding="utf-8")
        spans = re.findall(r"`(subledger [^`\n]+)`", text)
        spans += re.findall(r"^\$ (subledger .+)$", text, re.MULTILINE)
        for span in spans:
            match = named.match(span)
            assert match is None or match[1] in COMMANDS, f"{page.name}: {span}"


def test_the_support_matrix_has_every_row_once():
    """Every requirement has exactly one honest row."""
    text = (pages.DOCS / "reference" / "support-matrix.md").read_text(encoding="utf-8")
    ids: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 4 and re.match(r"[A-Z]\d", cells[1]):
            assert cells[3] in {"yes", "part", "no"}, line
            assert cells[3] != "part" or cells[4], line
            ids += cells[1].split(", ")
    expected = [f"{letter}{n}" for letter, most in PRODUCT_ROWS.items() for n in range(1, most + 1)]
    assert sorted(ids) == sorted(expected)


def test_every_decision_is_one_page_with_its_cost():
    """A decision record says what was decided, why, and what it costs, on one page."""
    found = sorted((pages.DOCS / "adr").glob("0*.md"))
    assert [int(page.name[:4]) for page in found] == list(range(1, len(found) + 1))
    for page in found:
        text = page.read_text(encoding="utf-8")
        assert all(word in text for word in ("**Decided.**", "**Why.**", "**Cost.**")), page.name
        assert len(text.splitlines()) < 60, page.name


def test_the_readme_begins_with_two_commands():
    """Whoever opens the project finds the two commands, and the way that does not work."""
    text = (pages.ROOT / "README.md").read_text(encoding="utf-8")
    first = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[:2]
    assert first[0].strip().endswith(".venv/bin/subledger demo")
    assert first[1].strip().endswith(".venv/bin/tox")
    assert all(command.count("\n") == 1 for command in first)
    assert "pip install -e ." in text.split("\n\n")[1].splitlines()[1]


def test_links_between_files_lead_somewhere():
    """No README points at a page that is not there (Sphinx checks the pages among themselves)."""
    outside = [page for page in pages.pages() if pages.DOCS not in page.parents]
    links = [
        (page, target)
        for page in outside
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    ]
    assert links
    for page, target in links:
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_pages_name_no_other_host():
    """No page sends its reader to a host that could change; examples use reserved names."""
    allowed = re.compile(r"https?://(127\.0\.0\.1|localhost|ledger\.example\.com)\b")
    for page in pages.pages():
        for url in re.findall(r"https?://[^\s`\"')>]*", page.read_text(encoding="utf-8")):
            assert url in {"https://", "http://"} or allowed.match(url), f"{page.name}: {url}"


# ------------------------------------------------------------------------ the pages


def test_the_documentation_builds_without_warnings(tmp_path):
    """The pages build with every warning an error, and name no other host."""
    done = subprocess.run(
        [sys.executable, "-c", SPHINX, "-q", "-W", "-n", pages.DOCS, tmp_path / "html"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    built = list((tmp_path / "html").rglob("*.html"))
    assert len(built) > 30
    outside = re.compile(r"""(?:href|src|action)=["'](?:https?:)?//[^"']+""")
    for page in built:
        assert outside.findall(page.read_text(encoding="utf-8")) == [], page.name
