"""Who stays of the children whom an older build alone has: the newer one may have lost them."""

from dataclasses import dataclass, field

from indexer.builds.bench import Bench
from indexer.children.links import row_key


@dataclass
class Kept:
    """Asked while the build is brought up to date; remembers whose rows those who stay have."""

    bench: Bench
    build: str
    sources: set[str] = field(default_factory=set)

    def gone(self, numbers: set[str]) -> set[str]:
        """Return those of the build's children to whom no row of theirs leads any more."""
        stored = self.bench.hands.store.read(numbers, self.build)
        keys = {
            number: [row_key(row.source, row.source_record_id) for row in one.child.contributions]
            for number, one in stored.items()
        }
        links = self.bench.links.read(key for some in keys.values() for key in some)
        leading = {number for link in links.values() for number in link.children}
        for number in stored.keys() & leading:
            self.sources |= {row.source for row in stored[number].child.contributions}
        return stored.keys() - leading
