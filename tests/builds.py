"""Builds as tests need them: filled by loads, looked into by name, and left tidy."""

from contextlib import contextmanager
from dataclasses import replace

from indexer.builds.bench import open_bench
from indexer.builds.builds import open_builds, published_build, remove_build
from indexer.children.load import Loader
from indexer.children.scan import BuildScan
from indexer.clients import make_client
from indexer.world import REAL
from tests.conftest import OPERATOR
from tests.rows import entries, plain_row


def load(settings, source, *rows):
    Loader(settings, REAL).load(entries(*rows), source, OPERATOR)


def plain_rows(count, family="Kelly", **more):
    """Rows of different children, born in different months."""
    return [
        plain_row(
            str(i), f"Ann{i}", family, f"{2010 + i % 12}-{1 + i % 12:02}-0{1 + i % 9}", **more
        )
        for i in range(count)
    ]


def published(settings):
    return published_build(make_client(settings, "worker"))


def revisions(settings, build):
    """Number → revision of every child of a build."""
    scan = BuildScan(make_client(settings, "worker"))
    scan.refresh(build)
    months = scan.held(build, "month")
    return {k: v for born in months for k, v in scan.revisions(build, born).items()}


def given_names(settings, build):
    """The given names of all children of a build, in order."""
    scan = BuildScan(make_client(settings, "worker"))
    scan.refresh(build)
    pages = [page for born in scan.held(build, "month") for page in scan.children(build, born)]
    return sorted(one.child.facts.given_names for page in pages for one in page)


@contextmanager
def leaving_one_build(settings):
    """Remove all builds but the published at the end."""
    try:
        yield
    finally:
        client = make_client(settings, "worker")
        for build in open_builds(client):
            if build != published_build(client):
                remove_build(client, build)


class EventfulScan(BuildScan):
    """A scan in which something happens once, between the reading of a page and its writing."""

    def __init__(self, client, event):
        super().__init__(client)
        self._event = event

    def children(self, build, born):
        for page in super().children(build, born):
            event, self._event = self._event, None
            if event:
                event()
            yield page


def eventful_bench(settings, event):
    bench = open_bench(settings, REAL)
    return replace(bench, hands=replace(bench.hands, scan=EventfulScan(bench.client, event)))
