"""What work costs on a machine that others use too: CPU seconds, not the clock."""

from __future__ import annotations

import resource


def cpu_now() -> float:
    """CPU seconds of this process and of its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
