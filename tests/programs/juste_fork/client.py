import multiprocessing
import socket


def lecteur(sock, tuyau):
    tuyau.send(sock.recv(1024).decode())
    tuyau.close()


def main():
    contexte = multiprocessing.get_context("fork")
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect(("localhost", 65432))
    ici, la_bas = contexte.Pipe()
    fils = contexte.Process(target=lecteur, args=(s, la_bas))
    fils.start()
    print(ici.recv())
    fils.join()
    s.send("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    s.send("Serveur 65432, je vous dis au revoir".encode())
    s.close()


if __name__ == "__main__":
    main()
