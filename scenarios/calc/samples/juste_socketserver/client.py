import socket


class ErreurServeur(Exception):
    pass


def demander(flux, requete):
    flux.write(requete + "\n")
    flux.flush()
    etat, _, suite = flux.readline().strip().partition(" ")
    if etat == "ERROR":
        raise ErreurServeur(f"ERROR {suite}")
    return suite


with socket.create_connection(("localhost", 5050)) as s, s.makefile("rw") as flux:
    try:
        r = demander(flux, "ADD 3 4")
        r = demander(flux, f"MUL {r} 5")
        print(demander(flux, f"SUB {r} 1"))
    except ErreurServeur as erreur:
        print(erreur)
    demander(flux, "QUIT")
