"""Fetch the handwriting fonts that benchmarks write with: `python -m bench.fonts [FOLDER]`.

Needs npm. Installs the packages of tests/paper/hands.yaml into FOLDER (default: PAPER_FONTS, else `.fonts`)
and runs none of their scripts. Without it benchmarks and tests write in the stroke alphabet.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.paper.families import families, font_folder


def main(arguments: list[str]) -> int:
    """0 when every font is in its place."""
    if arguments:
        os.environ["PAPER_FONTS"] = arguments[0]
    missing = [family for family in families() if not family.face.is_file()]
    if missing:
        font_folder().mkdir(parents=True, exist_ok=True)
        options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(font_folder())]
        packages = [f"{family.package}@{family.version}" for family in families()]
        subprocess.run(["npm", "install", *options, *packages], check=True)
    absent = [family.name for family in families() if not family.face.is_file()]
    if absent:
        print(f"Not where they should be: {', '.join(absent)}", file=sys.stderr)
        return 4
    print(f"{len(families())} handwriting fonts in {font_folder()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
