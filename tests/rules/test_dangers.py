"""Nothing in the code lets typed text become a command, a program, a query or a weak secret."""

import ast

import pytest

from tests.rules.reading import Module, calls, imports, modules
from webapp.processes import PROCESSES

SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
EVALUATE = {"eval", "exec", "__import__", "yaml.load", "yaml.unsafe_load"}
UNSAFE_IMPORTS = ("pickle", "marshal", "shelve", "xml", "lxml")
WEAK = {"hashlib.md5", "hashlib.sha1", "hashlib.new", "random.SystemRandom"}
LANGUAGES = {"query_string", "simple_query_string", "script", "script_score", "wrapper", "regexp"}


def called(module):
    return {ast.unparse(call.func) for call in calls(module)}


def through_a_shell(module):
    shells = [call for call in calls(module) for one in call.keywords if one.arg == "shell"]
    return bool(shells or called(module) & SHELLS)


def evaluated(module):
    unsafe = [name for name in imports(module) if name.partition(".")[0] in UNSAFE_IMPORTS]
    return bool(called(module) & EVALUATE or unsafe)


def weak(module):
    others = {
        name
        for name in imports(module)
        if name.startswith("cryptography") and not f"{name}.".startswith("cryptography.fernet.")
    }
    return bool(called(module) & WEAK or others)


def languages(module):
    return {
        key.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and key.value in LANGUAGES
    }


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_nothing_is_run_through_a_shell(module):
    assert not through_a_shell(module), "pass the words as a list"


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_nothing_is_evaluated_or_unpickled(module):
    assert not evaluated(module), "read it with json, csv or msgspec"


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_only_ciphers_that_are_known_good_are_used(module):
    assert not weak(module), "seal with Fernet, digest with SHA-256"


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_no_query_is_a_language_of_its_own(module):
    assert languages(module) == set(), "build the query from clauses; typed text is a value in them"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (through_a_shell, "subprocess.run(words, shell=True)"),
        (through_a_shell, "os.system(text)"),
        (evaluated, "eval(text)"),
        (evaluated, "import pickle"),
        (weak, "hashlib.md5(text)"),
        (weak, "from cryptography.hazmat.primitives.ciphers import algorithms"),
        (languages, "clause = {'query_string': {'query': text}}"),
    ],
)
def test_danger_is_found(rule, code):
    assert rule(Module("webapp.pages.planted", code))


def test_no_account_comes_with_the_service():
    """Passwords of processes are drawn at the first start; people are added by name."""
    named = {secret for process in PROCESSES for secret in process.secrets}
    assert {f"{process.name}.password" for process in PROCESSES} <= named
    written = [module.name for module in modules() if "add_user(" in module.code]
    assert sorted(written) == [
        "indexer.people.demo",
        "indexer.people.staff",
        "indexer.people.users",
    ]
