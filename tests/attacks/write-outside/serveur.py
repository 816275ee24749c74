from attaque import *

serve()
PLACES = """/ /bin /boot /dev /dev/pts /etc /etc/ssl /home /lib /lib64 /media /mnt /opt /proc
/proc/self /proc/sys /proc/sys/kernel /root /run /run/lock /run/user /sbin /srv /sys
/sys/fs/cgroup /usr /usr/bin /usr/lib /usr/lib/python3 /usr/lib/python3/dist-packages
/usr/local /usr/local/bin /usr/local/lib /usr/share /usr/src /var /var/lib /var/log
/var/spool /var/tmp""".split()
PLACES += [sys.prefix, os.path.dirname(os.__file__), *KNOWN.get("writable", [])]


def make(folder):
    path = os.path.join(folder, "attaque-" + str(os.getpid()))
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    return path


for place in PLACES:
    attempt(1, "made", make, place)
tried(1, f"{len(PLACES)} places")
