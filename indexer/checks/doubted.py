"""Whether loads that a restore doubted were repeated: then no row's link is of their writing."""

from indexer.builds.bench import Bench
from indexer.health.loads import Feeds


def settle_doubted(bench: Bench, feeds: Feeds) -> int:
    """Let those loads be doubted no more all of whose rows came again, or were changed since;
    return how many these are.

    Every row that is loaded again gets its link anew, from the load that brings it. The links of a
    source are read only while one of its loads is doubted.
    """
    repeated = [one for one in feeds.doubted if one.was_loaded_since(feeds.done_at)]
    settled = 0
    for source in sorted({one.source for one in repeated}):
        left = {link.load for link in bench.links.scan(source) if link.child}
        for one in repeated:
            if one.source == source and one.load not in left:
                bench.loads.settle(one.load)
                settled += 1
    return settled
