from attaque import *

serve()
port = KNOWN.get("tcp_port", 22)
hosts = ["127.0.0.1", "127.0.0.53", "0.0.0.0", "10.0.0.1", "172.17.0.1", "192.168.1.1",
         "169.254.169.254", "1.1.1.1", *KNOWN.get("addresses", [])]
for host in hosts:
    for number in {port, 22, 53, 80, 443, 2375, 6379, 8000}:
        with socket.socket() as probe:
            probe.settimeout(0.05)
            attempt(53, f"{host}:{number}", probe.connect, (host, number))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            if not host.startswith(("127.", "0.")):
                attempt(53, f"datagram to {host}", probe.sendto, b"x", (host, number))
with socket.socket(socket.AF_INET6) as probe:
    attempt(53, "::1", probe.connect, ("::1", port))
paths = ["\0" + KNOWN.get("abstract", "x"), *KNOWN.get("unix", []), "/run/docker.sock",
         "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private",
         "\0/tmp/.X11-unix/X0", "/tmp/.X11-unix/X0", "/run/containerd/containerd.sock"]
for path in paths:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_UNIX, kind) as probe:
            attempt(53, f"{path!r}", probe.connect, path)
names = [name for _, name in socket.if_nameindex()]
if names != ["lo"]:
    escaped(53, f"interfaces {names}")
with open("/proc/net/unix") as table:
    if KNOWN.get("abstract", "?") in table.read():
        escaped(53, "sees the host's Unix sockets")
tried(53, f"{len(hosts)} hosts")
