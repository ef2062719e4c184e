"""Plans a batch: which child each row is about, and which links must be written before it is.

Pure, but for the numbers it draws: what is there already comes in, what to do comes out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import structs

from indexer.children.child import PRACTITIONERS, Contribution
from indexer.children.combine import renew
from indexer.children.grouping import give_numbers, part
from indexer.children.holding import news_about, suspects_of
from indexer.children.known import Known, member_now
from indexer.children.likeness import Member, RowKey, share_number
from indexer.children.links import Link, row_key
from indexer.children.neighbourhood import Neighbourhood
from indexer.children.planned import Plan, Turn
from indexer.children.profile import build_profile
from indexer.children.wanted_links import ask_for_links
from indexer.feeds.rows import Row
from indexer.shields.held import HeldRow, Suspect


def build_plan(
    known: Known,
    rows: Sequence[Row],
    members: Mapping[int, Member],
    draw: Callable[[], str],
    turn: Turn,
) -> Plan:
    """Give every row its child, the withdrawn first; rows of the batch see each other. `draw`
    returns a free number."""
    planner = _Planner(known, members, draw, turn)
    if turn.is_alone:
        planner.correct(rows)
    for row in sorted(rows, key=lambda row: row.facts is not None):
        planner.add(row)
    planner.settle()
    ask_for_links(planner.plan, known, rows, members)
    return planner.plan


class _Planner:
    """Goes through the rows of one batch in order."""

    def __init__(
        self, known: Known, members: Mapping[int, Member], draw: Callable[[], str], turn: Turn
    ) -> None:
        self._known = known
        self._turn = turn
        self._members = members
        self._draw = draw
        self._hood = Neighbourhood(known.stored)
        self.plan = Plan(self._hood, moved=set(self._hood.doubled))

    def correct(self, rows: Iterable[Row]) -> None:
        """Let the rows that are in already say what they say now, before any looks for others."""
        for row in rows:
            home = self._hood.homes.get(self._key(row))
            if row.facts and home is not None and not self._suspects(row, {home}):
                before = self._hood.members[home][self._key(row)].contribution
                member = member_now(self._known, row, before)
                if member.contribution != before:
                    self._hood.put(home, member)
                    self._hood.changed.add(home)

    def add(self, row: Row) -> None:
        own = self._known.own_link(row)
        if row.facts is None:
            self._withdraw(row, own)
        elif own and (not own.children or self._is_lost(own)):
            self._leave_out(row, own)
        elif (hidden := self._hidden_child(row, own)) is not None:
            self._tell(hidden, row, self._members[row.number].contribution)
            self._let_go(row, own)
            self.plan.outcomes[row.number] = _outcome(row, own)
        else:
            self._place(row, own)

    def _key(self, row: Row) -> RowKey:
        return (self._known.source, row.source_record_id)

    def _tell(self, hidden: str, row: Row, says: Contribution | None) -> None:
        self.plan.hidden.setdefault(hidden, {})[self._key(row)] = says

    def _suspects(self, row: Row, touched: Iterable[str]) -> tuple[Suspect, ...]:
        """Return the shielded children for whose sake the row is held, if any: what it says was not
        known of the children it belongs to, and is near."""
        held = self._known.held.get(row_key(*self._key(row)))
        own = set(touched)  # whose shield was lifted at this moment
        near = [one for one in self._known.near.get(row.number, ()) if one.child not in own]
        if held and held.is_open:
            return held.suspected(suspects_of(near, held.others()))
        if held and held.is_pending and held.same_child:
            return held.suspects  # decided, and not carried out yet
        if not near:
            return ()
        members = [one for number in own for one in self._hood.members[number].values()]
        known = build_profile(one.contribution for one in members)
        return news_about(near, self._members[row.number].contribution, known, held)

    def _hold(self, row: Row, own: Link | None, suspects: tuple[Suspect, ...]) -> None:
        """What it said before stays where it is, and it says so to its sender in no way."""
        key, before = self._key(row), self._known.held.get(row_key(*self._key(row)))
        contribution = self._members[row.number].contribution
        home = self._hood.homes.get(key) or self._reserved(row, own) or self._new_number()
        self.plan.outcomes[row.number] = _outcome(row, own)
        self.plan.held[key] = HeldRow(
            renew(before.contribution, contribution) if before else contribution,
            row.digest,
            home,
            before.held_at if before and before.is_open else self._known.loaded_at,
            self._known.actor,
            before.suspected(suspects) if before else suspects,
            version=before.version if before else None,
        )

    def _withdraw(self, row: Row, own: Link | None) -> None:
        self.plan.outcomes[row.number] = "withdrawn" if own and own.digest else "unchanged"
        if own:
            self._let_go(row, own)
            # Until the child is written too, the link must not say that the row is in.
            key, load = row_key(*self._key(row)), self._known.load
            self.plan.links[key] = structs.replace(own, digest=None, load=load)
            # Of one who is hidden or has left it stays, or the row sent again would bring back a
            # child who can be found.
            if own.child in self._known.hidden:
                self._tell(own.child, row, None)
            elif own.children:
                self.plan.released[key] = own.child
        self.plan.moved.discard(self._key(row))
        number = self._hood.withdraw(self._key(row))
        if number is not None and not self._hood.members[number]:
            self.plan.gone[number] = None

    def _let_go(self, row: Row, own: Link | None) -> None:
        """The row is told to its child, or withdrawn: nobody need decide about it any more."""
        held = self._known.held.get(row_key(*self._key(row)))
        is_given_away = bool(held and held.same_child)  # by who decided, and says so at the end
        if own and own.held and not is_given_away:
            self.plan.let_go.add(self._key(row))

    def _leave_out(self, row: Row, own: Link) -> None:
        """The child left the index, and does not come back by what this source says."""
        self.plan.outcomes[row.number] = _outcome(row, own)
        wanted = structs.replace(own, digest=row.digest, load=self._known.load)
        if wanted != own:
            self.plan.links[row_key(*self._key(row))] = wanted

    def _hidden_child(self, row: Row, own: Link | None) -> str | None:
        """A hidden child's links are never doubted: a row must not become a visible child because
        its own is not to be seen."""
        if own and self._key(row) in self._hood.members.get(own.child, ()):
            return None  # a row stays with its child
        if arrived := self._known.arrived.get(self._key(row)):
            return arrived
        held = self._known.held.get(row_key(*self._key(row)))
        if held and held.same_child:
            return held.same_child
        numbers_of_row = self._members[row.number].numbers
        links = [own, *(self._known.links.get(key) for key in numbers_of_row)]
        numbers = [number for link in links if link for number in link.children]
        return next((number for number in numbers if number in self._known.hidden), None)

    def _place(self, row: Row, own: Link | None) -> None:
        key, hood, member = self._key(row), self._hood, self._members[row.number]
        home = hood.homes.get(key)
        before = hood.members[home][key].contribution if home is not None else None
        if before:
            member = member_now(self._known, row, before)
        touched = hood.related(member) | ({home} if home is not None else self._chosen(own))
        if suspects := self._suspects(row, touched if home is None else {home}):
            self._hold(row, own, suspects)
            return
        is_late = not self._turn.is_last and self._may_be_corrected(member, touched)
        is_plain = len(touched) <= 1 and hood.is_at_home(member, touched)
        if is_late or not (is_plain or self._turn.is_alone):
            self.plan.aside[row.number] = is_late
            return
        self._let_go(row, own)
        self.plan.outcomes[row.number] = _outcome(row, own)
        if not is_plain:
            self._regroup(member, touched)
            return
        number = next(iter(touched), None) or self._reserved(row, own) or self._new_number()
        if before != member.contribution:
            hood.put(number, member)
            hood.changed.add(number)

    def _chosen(self, own: Link | None) -> set[str]:
        """The child whom a practitioner had opened: the link was made for that."""
        is_chosen = self._known.source == PRACTITIONERS and own and own.child in self._hood.members
        return {own.child} if own and is_chosen else set()

    def _is_lost(self, own: Link) -> bool:
        """Is the child whom a practitioner had opened no more? Of a copy none is made anew."""
        is_free = own.child not in self._hood.members and own.child not in self._known.hidden
        is_theirs = self._known.source == PRACTITIONERS and own.digest is None
        return is_theirs and is_free

    def _may_be_corrected(self, member: Member, touched: Iterable[str]) -> bool:
        """Does the row share a number with another of its source, of an earlier load? This feed may
        correct that one yet: it gave the number of a twin who comes only now."""
        return any(
            one.key[0] == self._known.source
            and one.key != member.key
            and one.contribution.loaded_at < self._known.began_at
            and share_number(member, one)
            for number in touched
            for one in self._hood.members[number].values()
        )

    def _reserved(self, row: Row, own: Link | None) -> str | None:
        """The number that this load gave the row in an attempt that failed, or that it was given
        when it was held."""
        if own is None:
            return None
        held = self._known.held.get(row_key(*self._key(row)))
        is_given = own.load == self._known.load or bool(held and held.number == own.child)
        is_free = own.child not in self._hood.members and own.child not in self._known.retired
        return own.child if is_given and is_free else None

    def _new_number(self) -> str:
        """A visible child may have the number drawn; one who is not here refuses to be created."""
        number = self._draw()
        return self._new_number() if number in self._hood.members else number

    def _regroup(self, member: Member, touched: set[str]) -> None:
        """Part the rows of several children, or of one that the new row contradicts, anew: they
        and all who are related to them, for a row may leave one child for another."""
        hood = self._hood
        touched = hood.all_related(touched)
        children = {number: list(hood.members[number].values()) for number in touched}
        homes = {one.key: number for number, some in children.items() for one in some}
        self.plan.doubtful |= {member.key, *homes}
        groups = give_numbers(part(children, [member]), homes)
        for kept, group in groups:
            number = kept or self._new_number()
            for one in group:
                if homes.get(one.key, number) != number:
                    self.plan.moved.add(one.key)
                hood.put(number, one)
            hood.changed.add(number)
        for number in touched - {kept for kept, _ in groups}:
            self._leave(number, [one.key for one in children[number]])

    def _leave(self, number: str, keys: Iterable[RowKey]) -> None:
        """The child is no more: who has most of its rows takes its place."""
        hood = self._hood
        ((survivor, _),) = Counter(hood.homes[key] for key in keys).most_common(1)
        hood.former.setdefault(survivor, set()).update({number}, hood.former.pop(number, ()))
        hood.changed.add(number)
        self.plan.gone[number] = survivor

    def settle(self) -> None:
        """Say who is no more; and of nobody who is here, as a step that failed may have done."""
        alive = {number for number, members in self._hood.members.items() if members}
        for number in self._hood.changed:
            if number not in alive:
                self.plan.gone.setdefault(number, None)
            elif number in self._hood.former:
                self._hood.former[number] -= alive


def _outcome(row: Row, own: Link | None) -> str:
    """Say what becomes of the row, by its link alone: what is true of a child who can be found must
    be said of one who cannot."""
    if own is None or own.digest is None:
        return "new"
    return "unchanged" if own.digest == row.digest else "changed"
