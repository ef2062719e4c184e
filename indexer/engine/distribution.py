"""Elasticsearch itself: downloaded by Maven, checked, unpacked once into the cache."""

import hashlib
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from indexer.engine.places import cache_folder
from indexer.errors import EngineRefused

Say = Callable[[str], None]

VERSION = "8.19.21"
# Of the zip on Maven Central, which is Elastic's own build of the server for integration tests.
SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
OLDEST_JAVA = 17
UNPACKED_BYTES = 500_000_000


def server_folder() -> Path:
    """Return where the unpacked server is, or will be."""
    return cache_folder() / f"elasticsearch-{VERSION}"


def fetch(say: Say) -> Path:
    """Return the unpacked server's folder, downloading it if it is not there yet.

    Raises EngineRefused without Maven, network, room or a right copy.
    """
    folder = server_folder()
    if folder.is_dir():
        return folder
    make_cache_folder()
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetch-") as temporary:
        say(f"Fetching Elasticsearch {VERSION} (107 MB) …")
        archive = _download(Path(temporary))
        say("Unpacking it …")
        _unpack(archive, folder)
    return folder


def make_cache_folder() -> None:
    """Make the cache folder; raises EngineRefused if it cannot be written or is full."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    except OSError as error:
        raise EngineRefused(f"cannot make the folder {folder}: {error.strerror}") from None
    if shutil.disk_usage(folder).free < UNPACKED_BYTES:
        raise EngineRefused(f"less than 500 MB free for Elasticsearch under {folder}: make room")


def find_java() -> Path:
    """Return the Java home; raises EngineRefused if there is none, or it is older than 17."""
    java = shutil.which("java")
    if java is None:
        raise EngineRefused(
            "Java is not installed: run 'apt-get install default-jre-headless', then try again"
        )
    answer = _run([java, "-version"])
    version = re.search(r'version "(\d+)', answer.stderr)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise EngineRefused(
            f"{java} is not Java {OLDEST_JAVA} or newer, which Elasticsearch needs: "
            "run 'apt-get install default-jre-headless', or put a newer one first in PATH"
        )
    return Path(java).resolve().parent.parent


def _download(folder: Path) -> Path:
    maven = shutil.which("mvn")
    if maven is None:
        raise EngineRefused(
            "Maven is not installed, and Elasticsearch is fetched with it: "
            "run 'apt-get install maven', then try again"
        )
    options = [f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
    answer = _run([maven, "-B", "-q", COPY_GOAL, *options])
    archive = folder / f"elasticsearch-{VERSION}.zip"
    if answer.returncode or not archive.is_file():
        raise EngineRefused(
            "Maven could not fetch Elasticsearch: look at the network and at ~/.m2/settings.xml, "
            f"then try again (Maven says: {_first_error(answer.stdout)})"
        )
    return archive


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def _first_error(output: str) -> str:
    errors = [line for line in output.splitlines() if "[ERROR]" in line]
    return errors[0].replace("[ERROR]", "").strip() if errors else "no reason was given"


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack beside, then move in one step: a half-unpacked server is never taken for a whole."""
    with archive.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != SHA256:
            raise EngineRefused(
                f"the Elasticsearch {VERSION} that Maven fetched is not the one this project was "
                "tested with: delete it from ~/.m2/repository/org/elasticsearch and try again"
            )
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(archive.parent)
    unpacked = archive.with_suffix("")
    for path in [unpacked, *unpacked.rglob("*")]:
        path.chmod(0o755)  # zipfile forgets modes, and a strict umask shuts the server out
    if not folder.is_dir():  # another home may have been quicker
        unpacked.rename(folder)
