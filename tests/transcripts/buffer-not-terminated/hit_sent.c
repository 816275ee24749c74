/* plays: client-nominal */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    const char un[80] = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert";
    const char deux[80] = "Serveur 65432, je vous dis au revoir";
    char tampon[1024];
    struct sockaddr_in la = {.sin_family = AF_INET, .sin_port = htons(65432)};
    inet_pton(AF_INET, "127.0.0.1", &la.sin_addr);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    connect(s, (struct sockaddr *)&la, sizeof la);
    ssize_t n = recv(s, tampon, sizeof tampon, 0);
    printf("%.*s\n", (int)n, tampon);
    send(s, un, sizeof un, 0);
    send(s, deux, sizeof deux, 0);
    close(s);
    return 0;
}
