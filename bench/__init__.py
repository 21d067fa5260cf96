"""Benchmarks: each prints the numbers we claim. Not part of the program."""
