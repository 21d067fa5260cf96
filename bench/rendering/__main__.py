"""What packets cost, beside docxtpl, LibreOffice file by file, pypdf and pikepdf: python -m bench.rendering

Processor time, of ourselves and the programs we start; rounds interleaved so that a busy machine slows both alike.
"""

from __future__ import annotations

import argparse
import os

from bench.rendering.forms import measure_forms
from bench.rendering.measured import line
from bench.rendering.pdfs import measure_assembly, measure_pdfs
from bench.rendering.words import measure_long_table, measure_losses, measure_packet
from bench.rendering.year import measure_words, measure_year
from pipeline.rendering.pdf import NOT_FOUND, find_libreoffice


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=50, help="of whom a year of an office is reckoned")
    given = asked.parse_args()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; processor time")
    line("", "ours", "bar", "peer in the same run")
    measure_packet()
    measure_long_table()
    measure_losses()
    measure_forms()
    measure_words(given.people)
    if find_libreoffice() is None:
        print(NOT_FOUND)
        return
    measure_assembly(measure_pdfs())
    measure_year(given.people)


if __name__ == "__main__":
    main()
