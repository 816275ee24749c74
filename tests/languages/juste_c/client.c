#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

static void envoyer(int fd, const char *texte)
{
    send(fd, texte, strlen(texte), 0);
}

int main(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in adresse = {0};
    adresse.sin_family = AF_INET;
    adresse.sin_port = htons(65432);
    inet_pton(AF_INET, "127.0.0.1", &adresse.sin_addr);
    if (connect(fd, (struct sockaddr *)&adresse, sizeof adresse) < 0) {
        perror("connect");
        return 1;
    }
    char message[1024];
    ssize_t lus = recv(fd, message, sizeof message - 1, 0);
    if (lus < 0) {
        perror("recv");
        return 1;
    }
    message[lus] = '\0';
    puts(message);
    envoyer(fd, "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert");
    envoyer(fd, "Serveur 65432, je vous dis au revoir");
    close(fd);
    return 0;
}
