from attaque import *

call()
if X86:
    MOUNT, UMOUNT, PIVOT, CHROOT = 165, 166, 155, 161
else:
    MOUNT, UMOUNT, PIVOT, CHROOT = 40, 39, 41, 51
OPEN_TREE, MOVE_MOUNT, FSOPEN, MOUNT_SETATTR = 428, 429, 430, 442
os.makedirs("/tmp/m/old", exist_ok=True)
here, usr, root = b"/tmp/m", b"/usr", b"/"
attempt(9, "mount tmpfs", syscall, MOUNT, b"x", here, b"tmpfs", 0, 0)
attempt(9, "bind", syscall, MOUNT, usr, here, 0, 0x1000, 0)
attempt(9, "remount /usr for writing", syscall, MOUNT, 0, usr, 0, 0x20 | 0x1000, 0)
attempt(9, "remount / for writing", syscall, MOUNT, 0, root, 0, 0x20, 0)
attempt(9, "umount /proc", syscall, UMOUNT, b"/proc", 2)
attempt(9, "umount /tmp", syscall, UMOUNT, b"/tmp", 2)
attempt(9, "pivot_root", syscall, PIVOT, here, b"/tmp/m/old")
attempt(9, "chroot", syscall, CHROOT, here)
attempt(9, "fsopen", syscall, FSOPEN, b"tmpfs", 0)
attempt(9, "open_tree clone", syscall, OPEN_TREE, -100, usr, 1)
attempt(9, "move_mount", syscall, MOVE_MOUNT, -100, b"/tmp", -100, here, 0)
attempt(9, "mount_setattr", syscall, MOUNT_SETATTR, -100, root, 0, ctypes.create_string_buffer(32), 32)
tried(9, "twelve ways")
