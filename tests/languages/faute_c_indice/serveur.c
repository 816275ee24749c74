#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

static void afficher(int connexion)
{
    char message[1024];
    int lus = recv(connexion, message, sizeof message - 1, 0);
    /* Quand rien n'est venu, le dernier caractère est le numéro -1. */
    unsigned dernier = lus - 1;
    while (message[dernier] == '\n')
        dernier--;
    message[dernier + 1] = '\0';
    printf("%s\n", message);
}

int main(void)
{
    int ecoute = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in adresse = {0};
    adresse.sin_family = AF_INET;
    adresse.sin_addr.s_addr = htonl(INADDR_ANY);
    adresse.sin_port = htons(65432);
    bind(ecoute, (struct sockaddr *)&adresse, sizeof adresse);
    listen(ecoute, 5);
    int connexion = accept(ecoute, NULL, NULL);
    const char *accueil = "Bonjour Client, je suis le serveur 65432, la connexion est établie";
    send(connexion, accueil, strlen(accueil), 0);
    afficher(connexion);
    afficher(connexion);
    close(connexion);
    close(ecoute);
    return 0;
}
