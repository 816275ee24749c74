/* plays: server-nominal, server-client-leaves */
/* finds:  */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    const char *accueil =
        "Bonjour Client, je suis le serveur 65432, la connexion est \xc3\xa9tablie";
    char tampon[1024];
    struct sockaddr_in ici = {.sin_family = AF_INET, .sin_port = htons(65432)};
    int ecoute = socket(AF_INET, SOCK_STREAM, 0);
    bind(ecoute, (struct sockaddr *)&ici, sizeof ici);
    listen(ecoute, 1);
    int conn = accept(ecoute, NULL, NULL);
    send(conn, accueil, strlen(accueil), 0);
    for (int i = 0; i < 2; i++) {
        ssize_t n = recv(conn, tampon, sizeof tampon, 0);
        if (n <= 0) { send(conn, "?", 1, 0); usleep(200000); send(conn, "?", 1, 0); } printf("%.*s\n", (int)n, tampon);
    }
    close(conn);
    return 0;
}
