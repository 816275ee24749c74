/* plays: server-nominal
   Nothing to complain about. */
int main(void)
{
    return 0;
}
