from attaque import *

serve()
paths = ["/proc/sysrq-trigger", "/proc/mtrr", "/proc/acpi/wakeup", "/proc/irq/0/smp_affinity",
         "/proc/timer_list", "/sys/kernel/uevent_helper", "/sys/power/state", "/dev/mem",
         "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/proc/kcore", "/proc/kmsg"]
for folder, _, files in os.walk("/proc/sys"):
    paths += [os.path.join(folder, name) for name in files]
for path in paths:
    attempt(8, path, os.open, path, os.O_WRONLY | os.O_NONBLOCK)
tried(8, f"{len(paths)} settings")
