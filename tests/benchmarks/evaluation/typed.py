"""What is typed, who bears the name that is meant, and who bears the name that is typed."""

from dataclasses import dataclass

from tests.benchmarks.evaluation.feed_rows import Meant

JOINTS = "-'’ "


@dataclass(frozen=True)
class Name:
    """Children who bear a name: `how` says what of it must be the same.

    `whole`: first given name (or known-as) and family name (or former). `all given`: every given
    name too. `part`: one part of a double name is enough. `given begins`, `family begins`: the
    other is whole.
    """

    how: str
    given: str
    family: str


@dataclass(frozen=True)
class Typed:
    """A typed name in its two halves as they are typed, the name meant, and what was done."""

    given: str
    family: str
    name: Name
    detail: str
    text: str = ""

    @property
    def words(self) -> str:
        return self.text or f"{self.given} {self.family}"


def whole(given: str, family: str) -> Name:
    return Name("whole", given.casefold(), family.casefold())


def typed(meant: Meant, given: str = "", family: str = "", detail: str = "") -> Typed:
    """Return the child's first given name and family name, or what stands in their place."""
    return Typed(given or meant.first, family or meant.family, of(meant), detail)


def of(meant: Meant) -> Name:
    return whole(meant.first, meant.family)


def parts(name: str) -> list[str]:
    """Return the parts of a double name, and nothing for a single one."""
    found = name.replace("-", " ").split()
    return found if len(found) > 1 else []
