"""Files that `wiregrade init` writes: as they lie here, but for a few words that stand for others.

`@LAB@`, `@LANG@`, `@VERSION@` (of Wiregrade). A file is called here as its place there is, with
a leading `dot-` for a dot, so that nothing in this folder is taken for our own.
"""
