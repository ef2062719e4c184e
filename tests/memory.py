"""A whole load but for its storage, which is kept in memory, with what is awkward in Elasticsearch:
a search sees only what was written before the last refresh."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from threading import Condition, get_ident

import pytest
from msgspec.structs import replace

from analyzers.compare.nearness import nearness
from indexer.children.batch import load_alone, load_batch
from indexer.children.claims import Claims
from indexer.children.document import child_blocks
from indexer.children.hidden import HiddenChild, united
from indexer.children.known import Run
from indexer.children.likeness import Member
from indexer.children.profile import build_profile
from indexer.children.store import Stored
from indexer.children.stores import Stores
from indexer.errors import Unavailable
from indexer.shields.events import NAME_PREFIX
from indexer.shields.lookout import awaited_profile, profile_of
from indexer.shields.near_index import NearIndex
from indexer.world import World
from tests.rows import entries

GONE = {"withdrawn": True}
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Turns:
    """Two batches under way at once, of which one goes on while the other stands before its next
    step in the storage. `order` says whose step is next (0 or 1), and then they take turns."""

    def __init__(self, order=()):
        self._order, self._turn, self._ended = list(order), 0, {0, 1}
        self._changed = Condition()
        self._mine = {}

    def run(self, *batches):
        """Run two batches, each a function, to their end; return what they return."""
        self._ended = set()
        with ThreadPoolExecutor(2) as threads:
            under_way = [threads.submit(self._run, me, one) for me, one in enumerate(batches)]
        self._ended = {0, 1}
        return [one.result() for one in under_way]

    def _run(self, me, batch):
        self._mine[get_ident()] = me
        try:
            self.step()
            return batch()
        finally:
            with self._changed:
                self._ended.add(me)
                self._changed.notify_all()

    def step(self):
        me = self._mine.get(get_ident())
        if me is None:
            return
        with self._changed:
            if self._turn == me:
                self._turn = self._order.pop(0) if self._order else 1 - me
                self._changed.notify_all()
            self._changed.wait_for(lambda: self._turn == me or 1 - me in self._ended)


class MemoryLinks:
    """The index `links`: real time, and every write must name the state it replaces."""

    def __init__(self, step=lambda: None):
        self.links, self._writes, self._step = {}, count(1), step

    def read(self, keys):
        self._step()
        return {key: self.links[key] for key in set(keys) & self.links.keys()}

    def write(self, links):
        self._step()
        written = {key for key, link in links.items() if self._version(key) == link.version}
        for key in written:
            self.links[key] = replace(links[key], version=(next(self._writes), 1))
        return written

    def release(self, links):
        self._step()
        for key, link in links.items():
            if self._version(key) == link.version:
                del self.links[key]

    def _version(self, key):
        return self.links[key].version if key in self.links else None


class MemoryChildren:
    """The published build, and what writes into it."""

    def __init__(self, step=lambda: None):
        self.stored, self._seen, self.marks, self._step = {}, {}, frozenset(), step

    def read(self, numbers):
        self._step()
        return {number: self.stored[number] for number in set(numbers) & self.stored.keys()}

    def sharing(self, keys):
        self._step()
        return {number for number, blocks in self._seen.items() if not blocks.isdisjoint(keys)}

    def refresh(self):
        self._seen = {number: child_blocks(one.child) for number, one in self.stored.items()}

    def place(self, placements, _builds, asked=()):
        self._step()
        placements = list(placements)
        conflicts = self.write(placements)
        marked = self.marked({*asked, *(one.number for one in placements)})
        deleted = [one for one in placements if one.before and one.number in marked - conflicts]
        for one in deleted:
            self.hidden.write([united(HiddenChild(one.number), one.before, one.revision)])
        self.hide(marked)
        return (conflicts - marked).union(one.number for one in deleted)

    def hide(self, numbers):
        for number in set(numbers) & self.stored.keys():
            one = self.stored.pop(number)
            hidden = self.hidden.children.get(number) or HiddenChild(number)
            self.hidden.write([united(hidden, one.child, one.revision)])

    def write(self, placements):
        conflicts = set()
        for one in placements:
            now = self.stored.get(one.number)
            if (now.revision if now else None) != one.revision:
                conflicts.add(one.number)
            elif one.child is None:
                self.stored.pop(one.number, None)
            else:
                self.stored[one.number] = Stored(one.child, (one.revision or 0) + 1)
        return conflicts

    def marked(self, numbers):
        return self.marks & set(numbers)


class MemoryHidden:
    """The shielded children."""

    def __init__(self):
        self.children, self._writes = {}, count(1)

    def read(self, numbers):
        return {number: self.children[number] for number in set(numbers) & self.children.keys()}

    def write(self, children):
        conflicts = set()
        for one in children:
            now = self.children.get(one.number)
            if (now.version if now else None) != one.version:
                conflicts.add(one.number)
            else:
                self.children[one.number] = replace(one, version=(next(self._writes), 1))
        return conflicts

    def numbers(self):
        yield set(self.children)

    def remove(self, children):
        for one in children:
            del self.children[one.number]


class MemoryAwaited:
    """Shields that wait: key → shields."""

    def __init__(self, children):
        self.keys, self._children, self.arrived, self._come = {}, children, [], set()

    def known(self):
        return len(self.keys)

    def is_still(self, known):
        return known == len(self.keys)

    is_said_still = is_still

    def awaits_anybody(self):
        return bool(self.keys)

    def shields_for(self, keys):
        return {self.keys[key] for key in keys if key in self.keys}

    def still_awaited(self, children):
        left = {
            n: {one for one in some if (n, one) not in self._come} for n, some in children.items()
        }
        return {number: some for number, some in left.items() if some}

    def arrive(self, children, _load):
        self._children.marks |= set(children)
        self.arrived += children
        self._come |= {(number, one) for number, shields in children.items() for one in shields}


class MemoryLookout:
    """Who is shielded, looked at anew for every question."""

    def __init__(self, hidden, awaited):
        self._hidden, self._awaited, self.events = hidden, awaited, 0

    def known(self):
        """Who was awaited and has come is one more who is shielded."""
        return self.events + len(self._awaited.arrived)

    def is_said_still(self, known):
        return known in {self.known(), -1}

    def watches(self):
        return True

    def near(self, row):
        index = NearIndex()
        for number, one in self._hidden.children.items():
            index.learn(number, profile_of(one))
        for key, shield in self._awaited.keys.items():
            if key.startswith(NAME_PREFIX):
                index.learn(shield, awaited_profile(key))
        return index.near(row)

    def learn(self, children):
        """Nothing is kept."""


class MemoryHeld:
    """The held rows."""

    def __init__(self, step=lambda: None):
        self.rows, self._writes, self._step = {}, count(1), step

    def read(self, keys):
        self._step()
        return {key: self.rows[key] for key in set(keys) & self.rows.keys()}

    def write(self, rows):
        self._step()
        conflicts = set()
        for one in rows:
            there = self.rows.get(one.key)
            if (there.version if there else None) != one.version:
                conflicts.add(one.key)
            else:
                self.rows[one.key] = replace(one, version=(next(self._writes), 1))
        return conflicts

    @property
    def open(self):
        """Key → the children whom the row may be, of rows that wait for an officer."""
        rows = self.rows.items()
        return {key: {one.child for one in row.suspects} for key, row in rows if row.is_open}


class MemorySuspicion:
    """Children hidden for what they may be: number → whom."""

    def __init__(self, children):
        self.held, self._children = {}, children

    def hold(self, children, _load):
        self._children.marks |= set(children)
        self.held |= children

    def look_around(self, arrived, load):
        found = {}
        hidden = self._children.hidden.read(arrived)
        for number, one in self._children.stored.items():
            said = build_profile(one.child.contributions)
            near = {n for n, h in hidden.items() if nearness(said, profile_of(h)).is_near}
            found |= {number: near} if near else {}
        self.hold(found, load)
        return set(found)


class Memory:
    """An index in memory, and loads into it, one after the other; `order` is whose step is next of
    two batches of one load that are under way at once."""

    def __init__(self, order=()):
        self._turns = Turns(order)
        self.links, self.children = MemoryLinks(self._turns.step), MemoryChildren(self._turns.step)
        self._done, self.receipt = set(), Counter()
        self._loads, self._sources, self._loads_begun = [], set(), 0
        self._count = count(10**11)
        world = World(self._now, lambda below: next(self._count) % below, lambda: "")
        self.hidden, self.awaited = MemoryHidden(), MemoryAwaited(self.children)
        build = (self.links, self.children, self.children, self.children, self)
        self.children.hidden = self.hidden
        self.lookout, self.held = MemoryLookout(self.hidden, self.awaited), MemoryHeld()
        self.suspicion = MemorySuspicion(self.children)
        shields = (self.hidden, self.awaited, self.lookout, self.held, self.suspicion)
        self._stores = Stores(*build, *shields, ("build",), world)

    def _now(self):
        return NOW + timedelta(seconds=self._loads_begun)

    def _run(self, source):
        self._loads_begun += 1
        began_at = self._now().isoformat(timespec="seconds")
        return Run(f"load-{next(self._count)}", source, began_at)

    def is_done(self, load):
        return load in self._done

    def others_ran(self, _source, _since):
        return False

    def knows_others(self, source):
        return bool(self._sources - {source})

    def begin(self, source):
        """Return the batches of a load, to be filled with (record id, what it says or None)."""
        self._loads.append((source, []))
        return self._loads[-1][1]

    def run(self):
        """Load what was begun, one load after the other."""
        for source, batches in self._loads:
            run = self._run(source)
            self._load(run, [[_entries(batch, 1 + 100 * n)] for n, batch in enumerate(batches)])
        self._loads = []

    def run_at_once(self, source, first, second):
        """Load two batches of one load at once."""
        self._load(self._run(source), [[_entries(first), _entries(second, 101)]])

    def _load(self, run, turns):
        """Load batches, those of one turn at once, as indexer/children/load.py does."""
        self._sources.add(run.source)
        self.receipt = Counter()
        claims, late = Claims(), []
        for batches in turns:
            calls = [partial(load_batch, self._stores, run, rows, claims) for rows in batches]
            passed = self._turns.run(*calls) if len(calls) > 1 else [calls[0]()]
            for some in passed:
                self.receipt.update(some.counts)
            left = [one for some in passed for one in some.left]
            aside = [one for one in left if not one.is_late]
            late += [one for one in left if one.is_late]
            late += self._load_alone(run, aside, is_last=False)
        self._load_alone(run, late, is_last=True)
        self._done.add(run.load)
        self.children.refresh()

    def _load_alone(self, run, rows, *, is_last):
        counts, left = load_alone(self._stores, run, rows, is_last=is_last)
        self.receipt.update(counts)
        return left

    def load(self, source, *rows):
        """Load one feed of (record id, what it says or None); return its receipt."""
        self.begin(source).append(rows)
        self.run()
        return {name: count for name, count in self.receipt.items() if count}

    def dies_at(self, step, act):
        """Let the storage be gone from that write of links or children on while `act` runs; return
        whether it was needed."""
        left = count(step, -1)

        def mortal(write):
            def try_to(*what):
                if next(left) <= 0:
                    raise Unavailable
                return write(*what)

            return try_to

        with pytest.MonkeyPatch.context() as patch:
            for store, name in (("links", "write"), ("links", "release"), ("children", "place")):
                one = getattr(self, store)
                patch.setattr(one, name, mortal(getattr(one, name)))
            try:
                act()
            except Unavailable:
                self._loads = []
                return True
        return False

    def hide(self, row):
        """Shield the child whom a row is part of."""
        number = self.links.links[row].child
        self.children.marks |= {number}
        self.children.hide({number})
        self.children.refresh()

    @property
    def groups(self):
        """The rows of each child."""
        stored = self.children.stored.values()
        return {
            frozenset((row.source, row.source_record_id) for row in one.child.contributions)
            for one in stored
        }

    @property
    def faults(self):
        """Keys that do not lead to the children who have them, numbers that lead to one who has not
        got them, and rows in two children."""
        rows = Counter(key for group in self.groups for key in group)
        wrong = [key for key, times in rows.items() if times > 1]
        for key, link in self.links.links.items():
            if key.startswith(("nhs:", "upn:")):
                there = [one for one in link.children if one in self.children.stored]
                wrong += [key for one in there if key not in self._numbers_of(one)]
        for number, one in self.children.stored.items():
            held = {key for row in one.child.contributions for key in _keys(row)}
            wrong += [
                key
                for key in sorted(held)
                if key not in self.links.links or number not in self.links.links[key].children
            ]
        return wrong

    def _numbers_of(self, number):
        rows = self.children.stored[number].child.contributions
        return {key for row in rows for key in Member(row).numbers}


def _entries(rows, first=1):
    said = ({"source_record_id": record} | (row or GONE) for record, row in rows)
    return entries(*said, first=first)


def _keys(contribution):
    row = f"{contribution.source}:{contribution.source_record_id}"
    return [row, *Member(contribution).numbers]
