"""The words of all shielded children's names, and which of them a word of a row is related to."""

from collections.abc import Callable, Iterable, Sequence

from analyzers.compare.related import asked_tokens, kin_keys, stored_tokens
from analyzers.fold import words
from analyzers.tiers import joins_of

KEPT = 1 << 15  # words whose relations are remembered: 50,000 children bear 18,000 of them


class Postings:
    """Key → what stands under it. Most keys have one entry, and a list for each would be most of
    the memory; a key is kept as its hash, so two may fall together: then more is found, not less.
    """

    def __init__(self) -> None:
        self._found: dict[int, int | list[int]] = {}

    def add(self, key: str, value: int) -> None:
        place = hash(key)
        there = self._found.get(place)
        if there is None:
            self._found[place] = value
        elif isinstance(there, int):
            if there != value:
                self._found[place] = [there, value]
        elif value not in there[-1:]:
            there.append(value)

    def under(self, key: str) -> Sequence[int]:
        there = self._found.get(hash(key))
        if there is None:
            return ()
        return (there,) if isinstance(there, int) else there


class Vocabulary:
    """Every word, and every two or three that stand side by side written in one, has a number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._by_token = Postings()
        self._related: dict[str, frozenset[int]] = {}
        self._same: dict[str, frozenset[int]] = {}

    def add(self, name: str) -> list[int]:
        """Return the numbers of a given or family name's words, new ones for those not there."""
        said = words(name) or (name,)
        numbers = [self._number(word, stored_tokens) for word in said]
        return [*numbers, *(self._number(f"+{one}", _whole_tokens) for one in joins_of(said))]

    def _number(self, key: str, tokens: Callable[[str], Iterable[str]]) -> int:
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers)
            for token in set(tokens(key)):
                self._by_token.add(token, number)
            self._related.clear()
            self._same.clear()
        return number

    def related(self, word: str) -> frozenset[int]:
        """Return the numbers of all words that a folded word is related to, and of some more."""
        found = self._related.get(word)
        if found is None:
            found = self._under(asked_tokens(word))
            _keep(self._related, word, found)
        return found

    def same(self, word: str) -> frozenset[int]:
        """Return the numbers of the word, as it stands or as two, and of forms of the same name."""
        found = self._same.get(word)
        if found is None:
            found = self._under(kin_keys(word)) | self.whole((word, f"+{word}"))
            _keep(self._same, word, found)
        return found

    def whole(self, some: Iterable[str]) -> frozenset[int]:
        """Return the numbers of those that are there exactly so."""
        return frozenset([self._numbers[one] for one in some if one in self._numbers])

    def _under(self, tokens: Iterable[str]) -> frozenset[int]:
        return frozenset([number for token in tokens for number in self._by_token.under(token)])


def _whole_tokens(join: str) -> tuple[str, ...]:
    """What is written in one is found by whoever writes it in one, and by nobody else."""
    return (f"e{join[1:]}",)


def _keep(kept: dict[str, frozenset[int]], word: str, found: frozenset[int]) -> None:
    if len(kept) >= KEPT:
        kept.clear()
    kept[word] = found
