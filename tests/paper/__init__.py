"""Paper for tests and benchmarks, made without a line of the program under test.

Forms nobody generated here, filled on screen, by typewriter and by hand, printed, scanned badly; people
who do not exist; files that mean harm. Nothing in this package may import `pipeline`, and `pipeline` may
not import this: what the program reads must not come from the program.
"""
