from attaque import *

serve()
import resource

for name in ("CPU", "FSIZE", "NOFILE", "CORE", "AS", "NPROC"):
    kind = getattr(resource, "RLIMIT_" + name)
    soft, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY:
        escaped(57, f"no limit {name}")
        continue
    attempt(57, "raised " + name, resource.setrlimit, kind, (hard * 2, hard * 2))
    attempt(57, "unlimited " + name, resource.setrlimit, kind, (-1, -1))
attempt(57, "nice", os.nice, -5)
attempt(57, "real time", os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(50))


def survive(path):
    with open(path, "w") as out:
        out.write("-1000")


attempt(57, "oom_score_adj", survive, "/proc/self/oom_score_adj")
attempt(57, "oom_score_adj of init", survive, "/proc/1/oom_score_adj")
tried(57, "six limits")
