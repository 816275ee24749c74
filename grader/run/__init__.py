"""Running: the shell around the pure half. Processes, sockets, namespaces, clocks live here."""
