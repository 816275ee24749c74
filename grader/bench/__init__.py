"""`wiregrade bench`: what grading costs on this machine, beside what else could do the work.

Ratios are taken in one run, rounds interleaved, the first of them left out: on a machine that
does other things, too, only ratios mean something. Each benchmark is a module that returns a
`Section`; `bounds` says what is promised of the figures, `table` shows them.
"""
