"""Time of filling the shipped templates, beside plain docxtpl in the same run: python -m bench.rendering

CPU milliseconds a document, both with the contexts built beforehand, rounds interleaved so that a busy machine
slows both alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pipeline.rendering.proof import prove_word
from tests.rendering import samples
from tests.rendering.test_templates import all_tasks, by_docxtpl, compiled

ROUNDS = 5


def cpu_ms(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def main() -> None:
    tasks = all_tasks(samples.full())
    sources = [task.template.read_bytes() for task in tasks]
    compiling = cpu_ms(lambda: [compiled(task) for task in tasks])
    templates = [compiled(task) for task in tasks]
    ours: list[float] = []
    proving: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        for template, source, task in zip(templates, sources, tasks, strict=True):
            ours.append(cpu_ms(lambda t=template, k=task: t.render(k.context)))  # type: ignore[misc]
            rendered = template.render(task.context)
            proving.append(cpu_ms(lambda r=rendered: prove_word(r)))  # type: ignore[misc]
            theirs.append(cpu_ms(lambda s=source, k=task: by_docxtpl(s, k.context)))  # type: ignore[misc]
    count = len(tasks)
    print(f"{count} documents, {ROUNDS} rounds, CPU ms a document (mean)")
    print(f"  compile once       {compiling / count:7.2f}")
    print(f"  fill               {sum(ours) / len(ours):7.2f}")
    print(f"  prove (Word)       {sum(proving) / len(proving):7.2f}")
    print(
        f"  docxtpl, each time {sum(theirs) / len(theirs):7.2f}  ({sum(theirs) / sum(ours):.1f} times ours)"
    )


if __name__ == "__main__":
    main()
