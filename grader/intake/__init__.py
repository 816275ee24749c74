"""Finding and reading submissions: the only code that opens what students handed in.

`discover` lists the entries of a submissions folder, `reading.read` takes one of them into
memory. Nothing is unpacked to disk, no link is followed, everything is bounded; a fault in a
submission becomes its `problem`, never an exception.
"""
