from attaque import *

call()
for path in ("/usr/bin/env", "/etc/passwd", "/etc/hosts", sys.executable, os.__file__, "/bin/sh"):
    attempt(1, "opened for writing " + path, os.open, path, os.O_WRONLY | os.O_APPEND)
    attempt(1, "chmod", os.chmod, path, 0o777)
    attempt(1, "utime", os.utime, path, (0, 0))
    attempt(1, "rename", os.rename, path, path + ".old")
    attempt(1, "link", os.link, path, path + ".link")
    attempt(1, "unlink", os.unlink, path)
tried(1, "six files")
