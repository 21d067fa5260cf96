"""The digit network: how its training cells are made, how it is trained, fitted and measured.

    sheets    sheets of nothing but combs, filled in by the paper mill of tests/paper
    cells     the same sheets degraded and cut with the program's own code: pictures with their truth
    train     the network, from cells to pipeline/reading/digits.onnx (needs bench/digits/requirements.txt)
    fit       the thresholds, from development pages the network has not seen
    measure   the figures, on the test halves of hands and digits

The program uses nothing of this; it needs only what `train` and `fit` wrote.
"""
