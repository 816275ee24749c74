/* plays: server-nominal */
int main(void)
{
    int ecoute;  // here
    return 0;
}
