import pytest

from chatops.simulator.packages import Package, Packages, is_older


def test_a_package_counts_once_for_the_tenant_and_on_each_phone() -> None:
    packages = Packages()
    package = Package("com.example", "a.apk", "1", 100.0)
    packages.install(["one", "two"], package)
    assert packages.uploaded_mb(package) == 100.0
    assert packages.uploaded_mb(Package("com.other", "b.apk", "1", 50.0)) == 150.0
    assert packages.used_mb("one", Package("com.other", "b.apk", "1", 50.0)) == 150.0


def test_an_update_replaces_its_package() -> None:
    packages = Packages()
    packages.install(["one"], Package("com.example", "a.apk", "1", 100.0))
    update = Package("com.example", "a.apk", "2", 120.0)
    assert packages.used_mb("one", update) == 120.0
    packages.install(["one"], update)
    assert packages.installed("one") == {"com.example": "2"}


def test_a_wipe_takes_everything() -> None:
    packages = Packages()
    packages.install(["one"], Package("com.example", "a.apk", "1", 100.0))
    packages.wipe("one")
    packages.wipe("never seen")
    assert packages.installed("one") == {}


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        ("8.0.9", "8.0.58", True),
        ("8.0.58", "8.0.58", False),
        ("10", "9.9", False),
        ("x", "1", True),
        ("1.x", "1.0", False),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, than: str, older: bool) -> None:
    assert is_older(version, than) is older
