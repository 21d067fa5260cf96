"""Fetch the handwriting fonts and real digits that benchmarks write with: `python -m bench.fonts [FOLDER]`.

Needs npm. Installs the packages of tests/paper/hands.yaml into FOLDER (default: PAPER_FONTS, else `.fonts`)
and runs none of their scripts. Without it benchmarks and tests write in the stroke alphabet.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.paper.families import families, font_folder
from tests.paper.realdigits import digit_folder, digit_package


def main(arguments: list[str]) -> int:
    """0 when every font and every digit is in its place."""
    if arguments:
        os.environ["PAPER_FONTS"] = arguments[0]
    wanted = [family.face for family in families()] + [
        digit_folder() / f"{digit}.json" for digit in range(10)
    ]
    if not all(file.is_file() for file in wanted):
        font_folder().mkdir(parents=True, exist_ok=True)
        options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(font_folder())]
        # All in one call: npm takes away what an earlier call put there and this one does not name.
        packages = [*(f"{family.package}@{family.version}" for family in families()), digit_package()]
        subprocess.run(["npm", "install", *options, *packages], check=True)
    absent = [file.stem for file in wanted if not file.is_file()]
    if absent:
        print(f"Not where they should be: {', '.join(absent)}", file=sys.stderr)
        return 4
    print(f"{len(families())} handwriting fonts and ten kinds of digits in {font_folder()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
