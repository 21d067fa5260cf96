"""Which documents a packet has for one case on one day, and what each may show. Nothing is rendered here."""

from pipeline.packets.amended import Amendment, Change
from pipeline.packets.formatting import NONE
from pipeline.packets.selecting import Selection, select, settling_commands
from pipeline.packets.tasks import DocumentTask

__all__ = ["NONE", "Amendment", "Change", "DocumentTask", "Selection", "select", "settling_commands"]
