"""Paper for tests and benchmarks, made without a line of the program under test.

Nothing in this package may import `pipeline`, and `pipeline` may not import this: what the program reads
must not come from the program. Everything is seeded; the same call gives the same paper.

    fill        one door to the ways of filling in a fillable PDF: on screen, typed, by hand
    arrivals    a whole drop in one call, with the truth about it; piles of several
    degrade     what scanners, fax lines and telephones do, and where each point ends up
    spoilt      pages that came to harm: blurred, coarse, cut off, folded, covered, black, off a screen
    carriers    PDF, TIFF, JPG and PNG as scanners write them
    people, casework, answers, writing      invented people whose answers agree on every form of a site
    foreign, foreign_sites                  three forms in other makers' manners, with map and schema
    hostile     files that people drop by mistake, and files that mean harm
    families    handwriting fonts (fetched by `bench/fonts.py`) in two halves that never mix
"""
