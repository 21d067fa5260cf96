"""One door to all ways of filling in a fillable PDF without the program.

on_screen(blank, values, Saved.FULL | BARE | APPENDED | FLAT) -> bytes   saved by a viewer
typed_over(blank, values)                                     -> bytes   printed and typed, no form left
by_hand(blank, values, hand, dpi=, seed=, signed=)            -> sheets  written with a pen or a machine
pictures(pdf, dpi)                                            -> images  printed
"""

from tests.paper.byhand import Sheet, Written, by_hand, pictures
from tests.paper.hands import Hand, invented_hand, typewriter
from tests.paper.printed import typed_over
from tests.paper.screen import Saved, on_screen
from tests.paper.widgets import Spot, SpotKind, spots

__all__ = [
    "Hand",
    "Saved",
    "Sheet",
    "Spot",
    "SpotKind",
    "Written",
    "by_hand",
    "invented_hand",
    "on_screen",
    "pictures",
    "spots",
    "typed_over",
    "typewriter",
]
