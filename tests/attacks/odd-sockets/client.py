from attaque import *

call()
families = {"packet": (17, socket.SOCK_RAW, 0x300), "vsock": (40, socket.SOCK_STREAM, 0),
            "alg": (38, socket.SOCK_SEQPACKET, 0), "raw icmp": (2, socket.SOCK_RAW, 1),
            "key": (15, socket.SOCK_RAW, 2), "xdp": (44, socket.SOCK_RAW, 0),
            "can": (29, socket.SOCK_RAW, 1), "bluetooth": (31, socket.SOCK_RAW, 1),
            "tipc": (30, socket.SOCK_RDM, 0), "rds": (21, socket.SOCK_SEQPACKET, 0),
            "packet datagram": (17, socket.SOCK_DGRAM, 0x300)}
for name, (family, kind, protocol) in families.items():
    attempt(9, name, socket.socket, family, kind, protocol)
tried(9, f"{len(families)} families")
