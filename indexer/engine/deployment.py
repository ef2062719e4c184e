"""The files for nodes that are not embedded: the same settings, roles and users."""

from pathlib import Path

from indexer.engine.configuration import shared_text
from indexer.engine.realm_files import realm_files
from indexer.engine.secret_files import make_secrets, write_privately
from indexer.errors import EngineRefused
from indexer.settings import Settings


def write_deployment(settings: Settings, folder: Path) -> None:
    """Write a node's files into `folder`, for its owner alone, making secrets not yet made.

    Raises EngineRefused if a folder cannot be written.
    """
    try:
        make_secrets(settings.secrets)
        folder.mkdir(parents=True, exist_ok=True)
        texts = realm_files(settings) | {"elasticsearch.yml": shared_text("elasticsearch.yml")}
        for name, text in texts.items():
            write_privately(folder / name, text)
    except OSError as error:
        raise EngineRefused(f"cannot write {error.filename}: {error.strerror}") from None
