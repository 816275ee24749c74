#include <iostream>
#include <stdexcept>
#include <string>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

class Serveur {
public:
    explicit Serveur(unsigned short port) : fd_(socket(AF_INET, SOCK_STREAM, 0))
    {
        int oui = 1;
        setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &oui, sizeof oui);
        sockaddr_in adresse{};
        adresse.sin_family = AF_INET;
        adresse.sin_addr.s_addr = htonl(INADDR_ANY);
        adresse.sin_port = htons(port);
        if (bind(fd_, reinterpret_cast<sockaddr *>(&adresse), sizeof adresse) < 0)
            throw std::runtime_error("bind");
        listen(fd_, 1);
    }
    ~Serveur() { close(fd_); }
    int accepter() { return accept(fd_, nullptr, nullptr); }

private:
    int fd_;
};

static std::string recevoir(int fd)
{
    char tampon[1024];
    ssize_t lus = recv(fd, tampon, sizeof tampon, 0);
    return lus > 0 ? std::string(tampon, lus) : std::string();
}

int main()
{
    Serveur serveur(65432);
    int fd = serveur.accepter();
    const std::string accueil = "Bonjour Client, je suis le serveur 65432, la connexion est établie";
    send(fd, accueil.data(), accueil.size(), 0);
    std::cout << recevoir(fd) << "\n";
    std::cout << recevoir(fd) << "\n";
    close(fd);
}
