from attaque import *

serve()
import stat

os.unlink("serveur.py")
os.mkfifo("serveur.py")
os.mkfifo("client.py")
os.mkfifo("/tmp/fifo")
path = socket.socket(socket.AF_UNIX)
path.bind("prise.py")
attempt(15, "a disk's node", os.mknod, "disque", 0o600 | stat.S_IFBLK, os.makedev(8, 0))
attempt(15, "the memory's node", os.mknod, "memoire", 0o600 | stat.S_IFCHR, os.makedev(1, 1))
tried(15, "FIFO, socket, device")
