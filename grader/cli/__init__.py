"""The command line: arguments in, results on stdout, progress and errors on stderr.

Nothing but `app` is imported before a command is chosen, so that `--help` is quick.
"""
