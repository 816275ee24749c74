#include <arpa/inet.h>
#include <iostream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

static std::string tout_recevoir(int fd)
{
    std::string recu;
    char tampon[256];
    ssize_t lus;
    while ((lus = recv(fd, tampon, sizeof tampon, 0)) > 0)
        recu.append(tampon, lus);
    return recu;
}

int main()
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in adresse{};
    adresse.sin_family = AF_INET;
    adresse.sin_port = htons(65432);
    inet_pton(AF_INET, "127.0.0.1", &adresse.sin_addr);
    connect(fd, reinterpret_cast<sockaddr *>(&adresse), sizeof adresse);
    std::cout << tout_recevoir(fd) << std::endl;
    for (std::string texte : {"Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
                              "Serveur 65432, je vous dis au revoir"})
        send(fd, texte.data(), texte.size(), MSG_NOSIGNAL);
    close(fd);
}
