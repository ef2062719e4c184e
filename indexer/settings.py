"""The settings, read once from the environment and passed in; nothing else reads it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import SecretMissing

DEFAULT_PORT_BASE = 9200


@dataclass(frozen=True)
class Settings:
    """Where things are.

    `home` holds the embedded engine's data, secrets and loads; `secrets` holds one file a secret,
    readable by its owner alone; `cluster_urls` lists every Elasticsearch node's address; `journal`
    is the file in which shields are written outside Elasticsearch, `witness` the folder in which
    every audit entry leaves a line; `alarm` is the command that `health --watch` runs when
    something is red.
    """

    home: Path
    secrets: Path
    port_base: int
    cluster_urls: tuple[str, ...]
    journal: Path
    witness: Path
    cluster_ca: Path | None = None
    alarm: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings; every variable is optional and listed in docs/COMMANDS.md."""
        home = Path(environment.get("CONTACTPOINT_HOME", ".contactpoint")).resolve()
        port_base = int(environment.get("CONTACTPOINT_PORT_BASE", DEFAULT_PORT_BASE))
        urls = environment.get("CONTACTPOINT_CLUSTER_URLS", f"http://127.0.0.1:{port_base}")
        ca = environment.get("CONTACTPOINT_CLUSTER_CA")
        return cls(
            home=home,
            secrets=Path(environment.get("CONTACTPOINT_SECRETS", home / "secrets")),
            port_base=port_base,
            cluster_urls=tuple(urls.split(",")),
            journal=Path(
                environment.get("CONTACTPOINT_JOURNAL", home / "journal" / "shields.jsonl")
            ),
            witness=Path(environment.get("CONTACTPOINT_WITNESS", home / "witness")),
            cluster_ca=Path(ca) if ca else None,
            alarm=environment.get("CONTACTPOINT_ALARM", ""),
        )

    @property
    def register_seen(self) -> Path:
        """The file that remembers the newest state of the shield register."""
        return self.home / "state" / "register-seen.json"

    def secret(self, name: str) -> str:
        """Return the text of one secret file; raises SecretMissing if it cannot be read."""
        try:
            return (self.secrets / name).read_text().strip()
        except OSError:
            raise SecretMissing(
                f"the secret {name} is not in {self.secrets}, or not readable: "
                "run 'contactpoint engine start' first, or set CONTACTPOINT_SECRETS"
            ) from None


def tell_libraries(name: str, value: str) -> None:
    """Set a variable that a library reads and has no other way to be told."""
    os.environ[name] = value
