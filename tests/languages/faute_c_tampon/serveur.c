#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

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
    write(connexion, accueil, strlen(accueil));

    /* Le même tampon sert deux fois, et rien ne dit où le second message finit. */
    char message[1024] = "";
    recv(connexion, message, sizeof message, 0);
    printf("%s\n", message);
    recv(connexion, message, sizeof message, 0);
    printf("%s\n", message);
    close(connexion);
    close(ecoute);
    return 0;
}
