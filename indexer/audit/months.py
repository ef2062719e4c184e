"""Makes the audit's monthly indices ahead: who writes entries may add to an index and make none."""

from datetime import date

from elasticsearch import BadRequestError, Elasticsearch

from indexer.clients import speaking_to_cluster
from mappings.names import AUDIT, audit_index
from mappings.reader import index_body

MONTHS_AHEAD = 3
EXISTS = "resource_already_exists_exception"


def make_months(client: Elasticsearch, today: date) -> list[str]:
    """Make the indices of this month and the next three that are not there; return their names."""
    months = (month_after(today, ahead) for ahead in range(MONTHS_AHEAD + 1))
    return [name for name in map(audit_index, months) if _is_made(client, name)]


def _is_made(client: Elasticsearch, index: str) -> bool:
    """Make the index; False if it was there."""
    with speaking_to_cluster(f"making the index {index}"):
        try:
            client.indices.create(index=index, **index_body(AUDIT))
        except BadRequestError as error:
            if error.error != EXISTS:
                raise
            return False
    return True


def month_after(day: date, months: int) -> date:
    """Return the first day of the month so many months after that of `day`."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
