from pathlib import Path

from tests.gates import python_files
from tests.gates.sizes import FUNCTION_LINES, MEDIAN_LINES, MODULE_LINES, check_sizes

ROOT = Path(__file__).parents[2]


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_modules_and_functions_of_the_product_stay_within_their_limits() -> None:
    report = check_sizes(ROOT)
    assert report.files == len(python_files(ROOT, "tools", "chatops"))
    assert report.is_passed, report.findings


def test_module_over_the_limit_is_found(tmp_path: Path) -> None:
    write(tmp_path, "tools/short.py", "\n")
    write(tmp_path, "tools/long.py", "x = 1\n" * (MODULE_LINES + 1))
    assert check_sizes(tmp_path).findings[0] == "tools/long.py: 301 lines, more than 300"


def test_median_over_the_limit_is_found(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        write(tmp_path, f"chatops/{name}.py", "x = 1\n" * (MEDIAN_LINES + 1))
    assert check_sizes(tmp_path).findings == ("tools, chatops: the median module has 91 lines, more than 90",)


def test_function_over_the_limit_is_found_also_inside_a_class(tmp_path: Path) -> None:
    body = "        x = 1\n" * FUNCTION_LINES
    write(tmp_path, "chatops/deep.py", f"class A:\n    async def long(self):\n{body}")
    assert check_sizes(tmp_path).findings == ("chatops/deep.py:2: long has 51 lines, more than 50",)
