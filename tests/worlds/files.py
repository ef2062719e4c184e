"""What stands in the files of builds, whatever Elasticsearch says of it."""

from collections.abc import Iterable
from pathlib import Path

from elasticsearch import Elasticsearch

from indexer.engine.places import engine_places
from indexer.settings import Settings
from mappings.names import CHILDREN

PIECE = 1 << 26  # bytes read at a time


def files_of_builds(settings: Settings, client: Elasticsearch) -> list[Path]:
    """Return every file of every build, on every node of this machine."""
    builds = client.indices.get(index=f"{CHILDREN}-*", features=["settings"])
    ids = [one["settings"]["index"]["uuid"] for one in builds.values()]
    folders = [node.folder for node in engine_places(settings).nodes_made()]
    files = [path for folder in folders for one in ids for path in folder.rglob(f"{one}/**/*")]
    return [path for path in files if path.is_file()]


def words_in(path: Path, words: Iterable[str]) -> set[str]:
    """Return those of the words that stand in the file, in whatever case."""
    wanted = {word: word.lower().encode() for word in words}
    overlap, before, found = max(map(len, wanted.values())), b"", set[str]()
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            text = before + piece.lower()
            found |= {word for word, said in wanted.items() if said in text}
            before = text[-overlap:]
    return found
