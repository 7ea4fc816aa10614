"""Agreement between coders: arrays in, named results out.

``ratings.read`` and ``spans.read_spans`` check what comes in; ``coefficient.measure`` and the functions of
``unitised`` give a ``results.Result`` that says what it is; ``summary`` gives the figures a paper needs.
"""
