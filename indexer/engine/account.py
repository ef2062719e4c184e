"""Who the server runs as: Elasticsearch refuses to be root, so root lends it another account."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNPRIVILEGED_NAME = "nobody"


@dataclass(frozen=True)
class Account:
    """The account that owns the server's process and files."""

    user: int
    group: int

    def popen_options(self) -> dict[str, Any]:
        """Return what subprocess needs to run something as this account."""
        if self.user == os.geteuid():
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make `path` this account's own."""
        if self.user != os.geteuid():
            shutil.chown(path, self.user, self.group)


def is_root() -> bool:
    """Return whether we are root, and must start the server as somebody else."""
    return os.geteuid() == 0


def server_account() -> Account:
    """Return ourselves, or when root the unprivileged account every Unix has."""
    if not is_root():
        return Account(os.geteuid(), os.getegid())
    entry = pwd.getpwnam(UNPRIVILEGED_NAME)
    return Account(entry.pw_uid, entry.pw_gid)
