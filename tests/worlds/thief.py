"""Somebody with the password of the front, who asks the server everything that can be asked."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elasticsearch import ApiError, TransportError

from indexer.builds.builds import open_builds
from indexer.clients import make_client
from indexer.settings import Settings
from mappings.names import CHILDREN

NAMES = ("children", "children-*", "*", "_all", "shielded-children", "shield-register", "links")
with Path(__file__).with_name("stolen.csv").open(newline="") as table:
    ROUTES = list(csv.DictReader(table))

Asked = tuple[str, str, str]
"""Path, body, index."""


@dataclass(frozen=True)
class Wanted:
    """The child whom the thief is after; its names are nobody else's."""

    number: str
    nhs: str
    given: str
    family: str

    def words(self) -> dict[str, str]:
        """What the routes of the table are filled with."""
        family = self.family.lower()
        return {
            "NUMBER": self.number,
            "BEFORE": str(int(self.number) - 1),
            "NHS": self.nhs,
            "NAME": family,
            "START": family[:-4],
            "MIDDLE": family[2:-2],
            "WRONG": family[:4] + family[5:],
        }


def without_refusals(body: Any) -> Any:
    """Return an answer without the documents that were refused: `mget` names them again."""
    if not isinstance(body, dict) or "docs" not in body:
        return body
    return {**body, "docs": [one for one in body["docs"] if "error" not in one]}


class Thief:
    """Has begun to read by a scroll before the shield was set."""

    def __init__(self, settings: Settings, wanted: Wanted) -> None:
        self._client = make_client(settings, "front")
        self._wanted = wanted
        self._indices = (*NAMES, *open_builds(make_client(settings, "worker")))
        begun = self._client.search(index=CHILDREN, scroll="5m", size=1, query={"match_all": {}})
        self._words = wanted.words() | {"SCROLL": begun["_scroll_id"], "PIT": "none"}

    def answers(self) -> dict[Asked, tuple[int, str]]:
        """Return the status and the text that each route gives for each index."""
        return {
            (route["path"], route["body"], index): self._ask(route, index)
            for route in ROUTES
            for index in (self._indices if "$INDEX" in f"{route}" else ("-",))
        }

    def shown(self) -> list[Asked]:
        """Return the routes by which something of the child's document came back; its number with
        "doc_count": 0 is a term that no document has."""
        wanted = self._wanted
        counted = f'"key": "{wanted.number}", "doc_count": 1'
        return self._that_say(
            (wanted.given, f'"_id": "{wanted.number}"', counted, f'"{wanted.nhs}"')
        )

    def hinted(self) -> list[Asked]:
        """Return the routes by which a term came back that was not in what was asked."""
        wanted = self._wanted
        family, number = f'"text": "{wanted.family.lower()}"', f'"key": "{wanted.number}"'
        return self._that_say((wanted.given.lower(), family, number))

    def _that_say(self, texts: tuple[str, ...]) -> list[Asked]:
        said = self.answers().items()
        return [
            asked
            for asked, (status, told) in said
            if 200 <= status < 300 and any(text in told for text in texts)
        ]

    def _ask(self, route: dict[str, str], index: str) -> tuple[int, str]:
        path, body = (self._filled(route[part], index) for part in ("path", "body"))
        headers = {"accept": "application/json"}
        if body:
            headers["content-type"] = "application/json"
        if body.startswith("["):
            headers["content-type"] = "application/x-ndjson"
            body = "".join(f"{json.dumps(line)}\n" for line in json.loads(body))
        try:
            answer = self._client.perform_request(
                route["method"], path, headers=headers, body=body or None
            )
        except ApiError as error:
            return error.status_code, json.dumps(error.body)
        except TransportError as error:
            return 0, str(error)
        return answer.meta.status, json.dumps(without_refusals(answer.body))

    def _filled(self, text: str, index: str) -> str:
        for name, word in (self._words | {"INDEX": index}).items():
            text = text.replace(f"${name}", word)
        return text
