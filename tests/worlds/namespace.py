"""An index as it was before `init`, on a server that runs: everything on it is swept away."""

import shutil
import time
from contextlib import suppress
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from indexer.engine.account import server_account
from indexer.engine.configuration import write_config
from indexer.engine.places import engine_places
from indexer.engine.realm_files import digest, realm_files
from indexer.settings import Settings
from mappings.names import CHILDREN

BROOM = "broom"  # no credential of the product may delete the register or the audit
KEPT = {"engine", "secrets"}  # of the home
PATIENCE_SECONDS = 30


def make_broom(settings: Settings) -> Elasticsearch:
    """Return a client that may do everything, under a user whom only this server has."""
    password = settings.secret("operator.password")[::-1]
    texts = realm_files(settings)
    texts["users"] += f"{BROOM}:{digest(password)}\n"
    texts["users_roles"] += f"superuser:{BROOM}\n"
    for node in engine_places(settings).nodes_made():
        write_config(node, texts, server_account())
    client = Elasticsearch(list(settings.cluster_urls), basic_auth=(BROOM, password))
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(ApiError):  # the server reads the files again every 5 s
            client.cluster.health()
            return client
        time.sleep(0.2)
    raise AssertionError("the server did not take the new user")


def sweep(settings: Settings, broom: Elasticsearch) -> None:
    """Delete every index in which anything ever stood, and every build, and all that the product
    keeps in files but for its secrets."""
    figures = broom.indices.stats(index="*", metric=["docs", "indexing"])["indices"]
    untouched = {name for name, one in figures.items() if _is_untouched(name, one["total"])}
    names = sorted(set(broom.indices.get(index="*", features=["aliases"])) - untouched)
    if names:
        broom.indices.delete(index=names)
    for path in settings.home.iterdir():
        if path.name not in KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _is_untouched(name: str, figures: dict[str, Any]) -> bool:
    """Is the index as `init` makes it? To make it again takes the better part of a second."""
    if name.startswith(CHILDREN):
        return False
    return not (figures["indexing"]["index_total"] or figures["docs"]["count"])
