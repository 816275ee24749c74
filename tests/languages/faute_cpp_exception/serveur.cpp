#include <iostream>
#include <string>
#include <vector>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main()
{
    int ecoute = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in adresse{};
    adresse.sin_family = AF_INET;
    adresse.sin_addr.s_addr = htonl(INADDR_ANY);
    adresse.sin_port = htons(65432);
    bind(ecoute, reinterpret_cast<sockaddr *>(&adresse), sizeof adresse);
    listen(ecoute, 1);
    int fd = accept(ecoute, nullptr, nullptr);
    const std::string accueil = "Bonjour Client, je suis le serveur 65432, la connexion est établie";
    send(fd, accueil.data(), accueil.size(), 0);
    std::vector<std::string> messages;
    for (int i = 0; i < 2; i++) {
        std::string tampon(1024, '\0');
        tampon.resize(recv(fd, &tampon[0], tampon.size(), 0));
        std::cout << messages.at(i) << std::endl; // rien n'y a été rangé
    }
    close(fd);
}
