/* plays: server-nominal
   It compiles, and ends at once. */
#include <stdio.h>

int main(void)
{
    printf("error: 'ecout' undeclared\n");
    return 0;
}
