#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#define PORT 65432

static void afficher(int connexion)
{
    char message[1024];
    ssize_t lus = recv(connexion, message, sizeof message - 1, 0);
    if (lus > 0) {
        message[lus] = '\0';
        printf("%s\n", message);
    }
}

int main(void)
{
    int ecoute = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in adresse = {0};
    adresse.sin_family = AF_INET;
    adresse.sin_addr.s_addr = htonl(INADDR_ANY);
    adresse.sin_port = PORT;
    if (bind(ecoute, (struct sockaddr *)&adresse, sizeof adresse) < 0) {
        perror("bind");
        return 1;
    }
    listen(ecoute, 1);
    int connexion = accept(ecoute, NULL, NULL);
    const char *accueil = "Bonjour Client, je suis le serveur 65432, la connexion est établie";
    send(connexion, accueil, strlen(accueil), 0);
    afficher(connexion);
    afficher(connexion);
    close(connexion);
    close(ecoute);
    return 0;
}
