"""The phones of one tenant, by id and in the order of the listing."""

from collections.abc import Callable, Iterable, Iterator

from chatops.simulator.phones import Phone


class Fleet:
    """Phones by id; the listing shows them in the order in which they came."""

    def __init__(self, phones: Iterable[Phone] = ()) -> None:
        self._by_id: dict[str, Phone] = {}
        self._ordered: list[Phone] = []
        self._names: dict[str, int] = {}
        self.released: set[str] = set()  # ids of phones that once were here
        for phone in phones:
            self.add(phone)

    def __len__(self) -> int:
        return len(self._ordered)

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._ordered)

    def __contains__(self, phone_id: object) -> bool:
        return phone_id in self._by_id

    def add(self, phone: Phone) -> None:
        """Take a phone in; one whose id is taken already is left out."""
        if phone.id not in self._by_id:
            self._by_id[phone.id] = phone
            self._ordered.append(phone)

    def find(self, phone_id: str) -> Phone | None:
        """The phone of an id."""
        return self._by_id.get(phone_id)

    def remove(self, phone_ids: Iterable[str]) -> None:
        """Give phones back to the vendor."""
        gone = set(phone_ids)
        for phone_id in gone:
            del self._by_id[phone_id]
        self._ordered = [phone for phone in self._ordered if phone.id not in gone]
        self.released |= gone

    def page(self, first: int, size: int, keep: Callable[[Phone], bool] | None = None) -> tuple[list[Phone], int]:
        """So many phones from an index on, and how many there are in all."""
        kept = self._ordered if keep is None else [phone for phone in self._ordered if keep(phone)]
        return kept[first : first + size], len(kept)

    def next_name(self, prefix: str) -> str:
        """The name of the next phone ordered under a prefix: `prefix-00001` and so on."""
        self._names[prefix] = self._names.get(prefix, 0) + 1
        return f"{prefix}-{self._names[prefix]:05d}"
