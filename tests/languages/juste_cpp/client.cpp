#include <iostream>
#include <string>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

int main()
{
    addrinfo indices{}, *trouve = nullptr;
    indices.ai_family = AF_INET;
    indices.ai_socktype = SOCK_STREAM;
    if (getaddrinfo("localhost", "65432", &indices, &trouve) != 0)
        return 1;
    int fd = socket(trouve->ai_family, trouve->ai_socktype, 0);
    if (connect(fd, trouve->ai_addr, trouve->ai_addrlen) < 0)
        return 1;
    freeaddrinfo(trouve);
    std::string tampon(1024, '\0');
    ssize_t lus = recv(fd, &tampon[0], tampon.size(), 0);
    tampon.resize(lus > 0 ? lus : 0);
    std::cout << tampon << std::endl;
    for (std::string texte : {"Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
                              "Serveur 65432, je vous dis au revoir"})
        send(fd, texte.data(), texte.size(), 0);
    close(fd);
}
