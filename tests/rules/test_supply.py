"""What is downloaded is checked against a sum that is written down here."""

import json
import re

import pytest

from indexer.engine.distribution import SHA256
from tests.rules.reading import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
SETUP = (ROOT / "bin" / "setup").read_text(encoding="utf-8")
NODE = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PACKAGES = re.findall(r"^([\w.\-]+(?:\[[\w,]+\])?)==(\S+)((?:\s+\\?\s*--hash=\S+)+)", LOCK, re.M)


def test_every_python_package_has_its_sums_and_none_is_installed_without():
    named = re.findall(r"^[\w.\-\[\],]+==", LOCK, re.M)
    assert len(PACKAGES) == len(named) > 30
    assert all("--hash=sha256:" in sums for _, _, sums in PACKAGES)
    assert "--require-hashes -r requirements.lock" in SETUP


@pytest.mark.parametrize("name", [name for name in NODE if name])
def test_every_node_package_has_its_sum(name):
    assert NODE[name]["integrity"].startswith("sha512-")


def test_node_packages_are_those_of_the_lock_and_run_nothing_while_installed():
    assert "npm ci --ignore-scripts" in SETUP


def test_server_has_its_sum():
    assert re.fullmatch(r"[0-9a-f]{64}", SHA256)


def test_setup_downloads_by_no_other_way():
    assert re.findall(r"\b(?:curl|wget|git clone|pip download)\b", SETUP) == []


def test_image_is_built_of_what_is_listed_alone():
    first, *listed = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert first == "*"
    assert [line for line in listed if ".git" in line or ".contactpoint" in line] == []


def test_days_to_mend_a_library_are_written_down():
    _, _, libraries = SECURITY.partition("## Libraries")
    assert re.search(r"within (two|\d+) days", libraries)
    assert "make audit" in libraries
