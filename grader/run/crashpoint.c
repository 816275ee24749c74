/* Linked to each C and C++ program: what -X faulthandler is to Python. Where a signal ends the
   program, it writes which of its calls were under way, and dies of that signal all the same. A
   program that handles such a signal itself is left alone. */
#if defined(__has_include)
#if __has_include(<execinfo.h>)
#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
extern char __executable_start, etext;
static char wiregrade_stack[65536];
static void wiregrade_tell(int number)
{
    void *at[64];
    int count = backtrace(at, 64);
    char line[1200] = "\nwiregrade-stack:";
    int size = 17;
    for (int i = 2; i < count; i++) {
        char *here = at[i];
        if (here < &__executable_start || here >= &etext)
            continue;
        unsigned long offset = here - &__executable_start - (i > 2);
        line[size++] = ' ';
        for (int shift = 28; shift >= 0; shift -= 4)
            line[size++] = "0123456789abcdef"[offset >> shift & 15];
    }
    line[size++] = '\n';
    if (write(2, line, size) < 0)
        _exit(128 + number);
    raise(number);
}
__attribute__((constructor)) static void wiregrade_begin(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    void *at[1];
    backtrace(at, 1); /* loads what it needs: in a signal it would be too late */
    stack_t stack = {.ss_sp = wiregrade_stack, .ss_size = sizeof wiregrade_stack};
    sigaltstack(&stack, 0);
    struct sigaction action = {.sa_handler = wiregrade_tell};
    action.sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER;
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, 0);
}
#endif
#endif
