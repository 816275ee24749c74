#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in adresse = {0};
    adresse.sin_family = AF_INET;
    adresse.sin_port = htons(65432);
    inet_pton(AF_INET, "127.0.0.1", &adresse.sin_addr);
    connect(fd, (struct sockaddr *)&adresse, sizeof adresse);

    /* Le serveur n'envoie pas de fin de ligne : fgets() l'attend. */
    FILE *flux = fdopen(fd, "r+");
    char ligne[1024];
    fgets(ligne, sizeof ligne, flux);
    printf("%s\n", ligne);
    const char *un = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert";
    const char *deux = "Serveur 65432, je vous dis au revoir";
    send(fd, un, strlen(un), 0);
    send(fd, deux, strlen(deux), 0);
    fclose(flux);
    return 0;
}
