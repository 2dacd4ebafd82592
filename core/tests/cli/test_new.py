"""`subledger new`: packages that are whole, and clear words where one cannot be made."""

import ast
import json
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from subledger import scaffold
from subledger.catalogue import Installed
from subledger.cli.exits import Exit
from subledger.cli.main import main
from subledger.errors import ConfigError
from subledger.manifest import API, Role
from subledger.scaffold import Names, Shape
from subledger.scaffold.names import LONGEST, SHIPPED, checked

ROOT = Path(__file__).parents[3]
WIDEST = 100
SHAPES = [
    (shape, role)
    for shape in Shape
    for role in Role
    if (shape, role) not in {(Shape.TWO_WAY, Role.CARD_PLATFORM), (Shape.SINK, Role.CARD_PLATFORM)}
    and (role is not Role.GENERAL_LEDGER or shape is Shape.SINK)
]


@pytest.fixture
def new(tmp_path, capsys):
    """Runs `subledger new` in an empty folder; its exit code and what it printed."""

    def run(*arguments):
        code = main(["new", *arguments, "--directory", str(tmp_path)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return run


def packages(name):
    """Every package that can be made, under a name."""
    names = Names(name)
    yield scaffold.plugin(names)
    for shape, role in SHAPES:
        yield scaffold.connector(names, shape, role)


def test_a_package_is_written(new, tmp_path):
    """The command says where the package is, what it is, and what to do next."""
    code, out, _ = new("connector", "our-bank", "--source")
    assert code == Exit.OK
    folder = tmp_path / "subledger-our-bank"
    assert str(folder) in out
    assert "pytest" in out
    assert "subledger simulate our-bank" in out
    for books in ("desktop", "online"):
        assert f"subledger-quickbooks-{books}" in out
    assert "subledger demo --scenario demo.toml" in out
    assert (folder / "src" / "subledger_our_bank" / "plugin.py").is_file()
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == "subledger-our-bank"
    assert project["entry-points"]["subledger"] == {"our-bank": "subledger_our_bank.plugin"}


def test_json_lists_every_file(new, tmp_path):
    """A script gets the folder, the names and every file that was written."""
    code, out, _ = new("plugin", "watch", "--json")
    document = json.loads(out)
    assert code == Exit.OK
    assert document["folder"] == str(tmp_path / "subledger-watch")
    assert (document["distribution"], document["package"]) == ("subledger-watch", "subledger_watch")
    written = [p for p in (tmp_path / "subledger-watch").rglob("*") if p.is_file()]
    assert sorted(document["files"]) == sorted(
        path.relative_to(tmp_path / "subledger-watch").as_posix() for path in written
    )
    assert ".gitignore" in document["files"]


@pytest.mark.parametrize("name", ["x", "our-bank", "n" * LONGEST])
def test_every_package_is_well_formed(name):
    """Whatever the name, each module compiles, each line fits, each file ends as a text does."""
    count = 0
    for package in packages(name):
        for path, text in scaffold.render(package).items():
            where = f"{package.what}: {path}"
            assert not text or (text.endswith("\n") and not text.endswith("\n\n")), where
            if path.suffix == ".py":
                ast.parse(text)
                assert max(map(len, text.splitlines()), default=0) <= WIDEST, where
                assert "${" not in text, where
            if path.suffix == ".toml":
                tomllib.loads(text)
            if path.suffix == ".json":
                json.loads(text)
            count += 1
    assert count > 300


def test_a_package_says_what_it_was_made_for():
    """The number of today's interface stands there as a number, and the kernels that fit."""
    for package in packages("acme"):
        files = {str(path): text for path, text in scaffold.render(package).items()}
        text = "".join(files.values())
        assert f"api={API}," in text
        assert "import API" not in text
        major = int(version("subledger").partition(".")[0])
        (kernel,) = re.findall(
            r'^    "subledger(>=[\d.]+,<\d+)",', files["pyproject.toml"], re.MULTILINE
        )
        assert kernel.endswith(f",<{major + 1}")


def test_what_shows_a_package_is_there():
    """Every demonstration that is named is written, and its configuration names what it enters."""
    for package in packages("acme"):
        files = {str(path): text for path, text in scaffold.render(package).items()}
        shown = package.demo.scenarios if package.demo else ()
        assert {path for path in files if path.startswith("demo")} == set(shown)
        for name in shown:
            assert f"demo --scenario {name}" in files["README.md"]
            scenario = tomllib.loads(files[name])
            config = tomllib.loads(scenario["config"]["text"])
            assert set(scenario.get("authorise", ())) <= set(config["connections"])
            assert package.names.name in {
                one["connector"] for one in config["connections"].values()
            }
            entered = {
                entry["body"]["Name"]
                for table in scenario.get("prepare", ())
                for entry in table["bodies"]
            }
            settings = config["flows"][scenario["flow"]]["settings"]
            if entered:
                named = {text for key, text in settings.items() if key.endswith("account")}
                assert named <= entered


def test_no_vendors_name_stands_in_other_peoples_packages():
    """What is generated names a company's own accounts, and no card platform that is not in it."""
    for package in packages("acme"):
        pex = {
            str(path)
            for path, text in scaffold.render(package).items()
            if "PEX" in text.replace("PEX_TOKEN", "")
        }
        assert pex == ({"demo.toml", "README.md"} if "demo-ledger" in package.layers else set())


def test_every_module_says_what_it_is_for():
    """The README tells of every module in the module's own words."""
    for package in packages("acme"):
        files = scaffold.render(package)
        readme = next(text for path, text in files.items() if path.name == "README.md")
        for path, text in files.items():
            if path.suffix == ".py":
                first = (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]
                assert first.endswith((".", ":")), f"{package.what}: {path}"
                if path.parts[0] == "src" and path.name != "__init__.py":
                    assert first in readme


@pytest.mark.parametrize(
    ("name", "says", "advice"),
    [
        ("Acme", "lower-case", "'acme'"),
        ("our_bank", "lower-case", "'our-bank'"),
        ("OurBank", "lower-case", "'our-bank'"),
        ("our--bank", "lower-case", "'our-bank'"),
        ("9to5", "lower-case", "Begin it with a letter"),
        ("../acme", "lower-case", "'acme'"),
        ("", "lower-case", "Begin it with a letter"),
        ("n" * (LONGEST + 1), f"{LONGEST + 1} characters", f"{LONGEST} at most"),
        ("subledger-acme", "begins with subledger", "'acme'"),
        ("pex", "part of subledger", "another name"),
        ("recipes", "part of subledger", "another name"),
    ],
)
def test_odd_names_are_refused(new, tmp_path, name, says, advice):
    """A name that cannot be used is refused with the reason and what to write instead."""
    code, _, err = new("connector", name, "--source")
    assert code == Exit.CONFIG
    assert err.startswith("NAME: ")
    assert says in err
    assert advice in err
    assert list(tmp_path.iterdir()) == []


def test_taken_names_are_refused():
    """A name that an installed plugin has is refused, with the package that has it."""
    taken = Installed(name="acme", distribution="somebodys-acme", version="2.1")
    with pytest.raises(ConfigError, match=r"somebodys-acme 2\.1"):
        checked("acme", [taken])
    assert checked("acme-pay", [taken]) == Names("acme-pay")


def test_shipped_names_are_those_of_the_workspace():
    """The names that are kept for this project's own parts are those of its folders."""
    folders = [*ROOT.glob("connectors/*/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml")]
    assert {path.parent.name for path in folders} == SHIPPED


@pytest.mark.parametrize("is_folder", [True, False])
def test_nothing_is_overwritten(new, tmp_path, is_folder):
    """What is in the way stays as it is, and the message says where else to go."""
    place = tmp_path / "subledger-acme"
    mine = place / "mine.txt" if is_folder else place
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("precious")
    code, _, err = new("connector", "acme", "--sink")
    assert code == Exit.CONFIG
    assert str(place) in err
    assert "--directory" in err
    assert mine.read_text() == "precious"
    assert len(list(tmp_path.rglob("*"))) == 1 + is_folder


def test_a_folder_that_cannot_be_is_told(tmp_path, capsys):
    """A directory that is a file, or below one, is refused by name."""
    file = tmp_path / "file"
    file.write_text("")
    assert main(["new", "plugin", "watch", "--directory", str(file)]) == Exit.CONFIG
    assert main(["new", "plugin", "watch", "--directory", str(file / "below")]) == Exit.CONFIG
    err = capsys.readouterr().err
    assert err.count(f"{file}") >= 2
    assert err.count("--directory: ") == 2


def test_a_full_disk_leaves_nothing_behind(new, tmp_path, monkeypatch):
    """All files are written, or none."""
    written = []

    def fail(path, *_args, **_more):
        written.append(path)
        if len(written) == 5:
            raise OSError(28, "No space left on device")
        Path.touch(path)

    monkeypatch.setattr(Path, "write_text", fail)
    code, _, err = new("connector", "acme", "--two-way")
    assert code == Exit.CONFIG
    assert "No space left on device" in err
    assert len(written) == 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "path", "advice"),
    [
        (["connector", "acme"], "--source, --sink, --two-way", "--two-way for both"),
        (["connector", "acme", "--source", "--sink"], "--source, --sink", "--two-way for both"),
        (["plugin", "watch", "--source"], "--source", "new connector"),
        (["plugin", "watch", "--role", "psa"], "--role", "new connector"),
        (["connector", "acme", "--sink", "--role", "card-platform"], "--role", "general_ledger"),
        (["connector", "acme", "--two-way", "--role", "general-ledger"], "--role", "choose psa"),
    ],
)
def test_what_does_not_fit_together_is_told(new, tmp_path, arguments, path, advice):
    """Options that exclude each other are refused before anything is written."""
    code, _, err = new(*arguments)
    assert code == Exit.CONFIG
    assert err.startswith(f"{path}: ")
    assert advice in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("role", ["card_platform", "card-platform"])
def test_a_role_is_written_as_in_a_manifest(new, role):
    """A role may be written as manifests and recipes write it, or as options are written."""
    assert new("connector", "acme", "--source", "--role", role)[0] == Exit.OK


def test_an_unknown_role_is_told(new):
    """A role that there is not is refused with those that there are."""
    code, _, err = new("connector", "acme", "--source", "--role", "bank")
    assert code == Exit.USAGE
    assert "card-platform" in err
