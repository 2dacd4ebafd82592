"""Small files, small functions, a sentence of purpose for each module, and tests that say why."""

import ast

import pytest

from .sources import from_text, functions, library, modules

LINES = 450
FUNCTION = 60
LARGE_FILES: dict[str, tuple[int, str]] = {}
LARGE_FUNCTIONS = {
    "simulate_quickbooks_desktop": "its parameters, with their help, are the command's options",
    "test_the_examples_work_in_the_order_of_a_business_day": "a business day is read in one go",
    "findings": "one command with four verbs, mostly its help text",
    "upgrade": "a migration creates table after table",
}


def too_long(module):
    """Whether a file is longer than allowed."""
    return module.lines > LARGE_FILES.get(module.place, (LINES, ""))[0]


def long_functions(module):
    """The functions of a module that are longer than allowed."""
    for function in functions(module.tree):
        if function.end_lineno - function.lineno + 1 > FUNCTION:
            yield function.name


def test_files_are_small():
    """No file is longer than allowed."""
    assert [f"{m.place}: {m.lines}" for m in modules() if too_long(m)] == []
    large = {m.place for m in modules() if m.lines > LINES}
    assert set(LARGE_FILES) <= large, "an exception that nothing needs any more"


def test_functions_are_small():
    """No function is longer than a screen; a benchmark is a script, read from top to bottom."""
    looked_at = [m for m in modules() if "/benchmarks/" not in m.place]
    found = {name: m.place for m in looked_at for name in long_functions(m)}
    assert {n: place for n, place in found.items() if n not in LARGE_FUNCTIONS} == {}
    assert set(LARGE_FUNCTIONS) <= set(found), "an exception that nothing needs any more"


def test_large_ones_are_seen():
    """Control: a long file and a long function are found out, at their limits."""
    body = "def f():\n" + "    x = 1\n" * (FUNCTION - 1)
    assert list(long_functions(from_text(body))) == []
    assert list(long_functions(from_text(body + "    x = 1\n"))) == ["f"]
    assert not too_long(from_text("\n" * LINES))
    assert too_long(from_text("\n" * (LINES + 1)))


def without_purpose(module):
    """Whether a module lacks the one sentence that says what it is for."""
    text = ast.get_docstring(module.tree) or ""
    return not text.split("\n\n")[0].rstrip().endswith(".")


def test_modules_have_a_purpose():
    """Every module of the library starts with a sentence about its purpose."""
    assert [m.place for m in library() if without_purpose(m)] == []


@pytest.mark.parametrize("text", ["", "x = 1\n", '"""No full stop"""\n', '"""\n"""\n'])
def test_missing_purpose_is_seen(text):
    """Control: a module without a whole sentence is found out."""
    assert without_purpose(from_text(text))


def is_test(function):
    """Whether pytest collects a function."""
    return function.name.startswith("test_")


def silent_tests(module):
    """Tests without a whole sentence about the product."""
    for function in functions(module.tree):
        if is_test(function):
            text = (ast.get_docstring(function) or "").split("\n\n")[0].strip()
            if not text.endswith((".", ").")) or len(text) < 15:
                yield f"{module.place}: {function.name}"


def test_tests_say_what_they_prove():
    """Every test has a sentence that reads as a statement about the product."""
    tests = [m for m in modules() if m.is_test]
    assert sum(is_test(f) for m in tests for f in functions(m.tree)) > 500
    assert [name for m in tests for name in silent_tests(m)] == []


def test_silent_test_is_seen():
    """Control: a test without a sentence, or with a stump, is found out."""
    text = (
        'def test_a():\n    """Short."""\n\ndef test_b():\n    pass\n\nasync def test_c():\n    x\n'
    )
    assert len(list(silent_tests(from_text(text)))) == 3


def unreasoned(module):
    """Places where tests are left out without a reason."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call | ast.Attribute):
            continue
        call = node if isinstance(node, ast.Call) else None
        name = ast.unparse(call.func if call else node)
        if name.startswith("pytest.") and name.rpartition(".")[2] in _SKIPS:
            if call is None:
                yield from _bare(module, node, name)
            elif not _reason(call, name):
                yield f"{module.place}:{node.lineno}: {name}"


_SKIPS = {"skip", "skipif", "xfail"}  # importorskip names the missing module itself


def _bare(module, node, name):
    """A mark that is used without being called."""
    called = any(isinstance(n, ast.Call) and n.func is node for n in ast.walk(module.tree))
    if not called:
        yield f"{module.place}:{node.lineno}: {name} without a reason"


def _reason(call, name):
    """Whether a call gives a reason that is not empty."""
    given = [k.value for k in call.keywords if k.arg == "reason"]
    if not given and name in ("pytest.skip", "pytest.xfail"):
        given = call.args[:1]
    return any(not isinstance(g, ast.Constant) or bool(g.value) for g in given)


def test_skips_have_a_reason():
    """A test that is left out says why."""
    assert [place for m in modules() for place in unreasoned(m)] == []


@pytest.mark.parametrize(
    "text",
    [
        "pytest.skip()",
        "pytest.skip('')",
        "@pytest.mark.skip\ndef test_a(): ...",
        "@pytest.mark.skipif(True)\ndef test_a(): ...",
        "@pytest.mark.xfail\ndef test_a(): ...",
    ],
)
def test_skip_without_reason_is_seen(text):
    """Control: each way of leaving a test out without a reason is found out."""
    assert len(list(unreasoned(from_text(text)))) == 1
