"""The certificate with which the nodes of an embedded cluster know each other."""

import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from indexer.engine.account import Account
from indexer.engine.configuration import CERTIFICATE_FILES, write_config
from indexer.engine.places import Node
from indexer.engine.processes import server_environment
from indexer.errors import EngineRefused

VALID_DAYS = "3650"


def make_certificates(server: Path, java: Path, nodes: Sequence[Node], account: Account) -> None:
    """Give all nodes one self-signed certificate, once; raises EngineRefused if that fails."""
    if all((node.config / name).exists() for node in nodes for name in CERTIFICATE_FILES):
        return
    with tempfile.TemporaryDirectory() as temporary:
        archive = Path(temporary) / "certificates.zip"
        _run_certutil(server, server_environment(java, nodes[0]), archive)
        texts = _certificate_texts(archive)
    for node in nodes:
        write_config(node, texts, account)


def _run_certutil(server: Path, environment: dict[str, str], archive: Path) -> None:
    program = str(server / "bin" / "elasticsearch-certutil")
    options = ["--self-signed", "--pem", "--days", VALID_DAYS, "--name", "transport"]
    answer = subprocess.run(  # noqa: S603 - every argument is ours
        [program, "cert", *options, "--out", str(archive)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise EngineRefused(
            "elasticsearch-certutil made no certificate for the nodes: "
            + (answer.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        )


def _certificate_texts(archive: Path) -> dict[str, str]:
    with zipfile.ZipFile(archive) as zipped:
        return {name: zipped.read(f"transport/{name}").decode() for name in CERTIFICATE_FILES}
