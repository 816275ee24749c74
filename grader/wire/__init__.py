"""Frames on the wire: read, explained, written for Wireshark. Pure: no sockets, no clocks."""
