"""What is installed on phones, and how much of the tenant's 1 TB of packages is used."""

from dataclasses import dataclass

TENANT_LIMIT_MB = 1_048_576.0  # 1 TB, error 62016
PACKAGE_LIMIT_MB = 2_048.0  # 2 GB, error 62015


@dataclass(frozen=True, slots=True)
class Package:
    """An app package as the install call describes it."""

    name: str
    file_name: str
    version: str
    size_mb: float


class Packages:
    """Packages by phone. A package counts once against the tenant's limit, on however many phones it is."""

    def __init__(self) -> None:
        self._by_phone: dict[str, dict[str, Package]] = {}
        self._uploaded: dict[tuple[str, str], float] = {}

    def uploaded_mb(self, package: Package) -> float:
        """What the tenant's packages come to if this one is among them."""
        sizes = self._uploaded | {(package.file_name, package.version): package.size_mb}
        return sum(sizes.values())

    def used_mb(self, phone_id: str, package: Package) -> float:
        """What is used on a phone if this package replaces the one of its name."""
        installed = self._by_phone.get(phone_id, {}) | {package.name: package}
        return sum(each.size_mb for each in installed.values())

    def installed(self, phone_id: str) -> dict[str, str]:
        """Names and versions on a phone."""
        return {package.name: package.version for package in self._by_phone.get(phone_id, {}).values()}

    def install(self, phone_ids: list[str], package: Package) -> None:
        """Put a package on phones."""
        self._uploaded[package.file_name, package.version] = package.size_mb
        for phone_id in phone_ids:
            self._by_phone.setdefault(phone_id, {})[package.name] = package

    def wipe(self, phone_id: str) -> None:
        """Forget what was on a phone."""
        self._by_phone.pop(phone_id, None)


def is_older(version: str, than: str) -> bool:
    """Whether one dotted version is below another; parts that are no numbers never are."""
    return _parts(version) < _parts(than)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isascii() and part.isdigit() else 0 for part in version.split("."))
