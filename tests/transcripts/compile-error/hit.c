/* plays: server-nominal
   finds: compile-error */
#include <stdio.h>

int main(void)
{
    printf("%d\n", port);  // here
    return 0;
}
