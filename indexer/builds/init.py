"""Makes every index the service needs; safe to repeat."""

from datetime import date

from elasticsearch import Elasticsearch

from indexer.builds.builds import create_build, hidden_builds, published_build, swap
from indexer.clients import make_client, speaking_to_cluster
from indexer.errors import RegisterUnavailable
from indexer.people.actor import Actor
from indexer.people.organisations import write_authorities
from indexer.settings import Settings
from indexer.shields.marks import write_first_sentinel
from indexer.world import World
from mappings.names import AUDIT, LINKS, SHIELD_MARKS, SINGLE_INDICES, audit_index
from mappings.reader import index_body

MONTHS_AHEAD = 3  # audit indices are made ahead: the process that writes the audit may not make one


def init(settings: Settings, actor: Actor, world: World) -> list[str]:
    """Make what is missing and return its names; what is there is left as it is.

    Raises RegisterUnavailable if there are children but no register: an empty one would say that
    nobody is shielded.
    """
    operator_client = make_client(settings, "operator")
    worker_client = make_client(settings, "worker")
    published = published_build(worker_client)
    is_used = published or hidden_builds(worker_client) or _exists(operator_client, LINKS)
    if is_used and not _exists(operator_client, SHIELD_MARKS):
        raise RegisterUnavailable(
            "there are children here but the shield register is gone: restore it from its journal "
            "('contactpoint shield verify'); init will not make an empty one"
        )
    made = [name for name in SINGLE_INDICES if _create(operator_client, name, name)]
    months = [_month_after(world.today(), ahead) for ahead in range(MONTHS_AHEAD + 1)]
    made += [name for name in map(audit_index, months) if _create(operator_client, name, AUDIT)]
    if not published:
        write_first_sentinel(worker_client, settings.secret("register.key"))
        build = create_build(worker_client, world)
        swap(worker_client, str(build))
        made.append(str(build))
    write_authorities(make_client(settings, "desk"), actor)
    return made


def _exists(client: Elasticsearch, index: str) -> bool:
    with speaking_to_cluster(f"asking for the index {index}"):
        return bool(client.indices.exists(index=index))


def _create(client: Elasticsearch, name: str, kind: str) -> bool:
    """Make the index unless it is there; return whether it was made."""
    if _exists(client, name):
        return False
    with speaking_to_cluster(f"making the index {name}"):
        client.indices.create(index=name, **index_body(kind))
    return True


def _month_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
