import operator
import socketserver

OPERATIONS = {
    b"ADD": operator.add, b"SUB": operator.sub, b"MUL": operator.mul, b"DIV": operator.floordiv,
}


def reponse(ligne):
    commande, *arguments = ligne.split()
    if commande not in OPERATIONS:
        return b"ERROR unknown command"
    try:
        a, b = map(int, arguments)
    except ValueError:
        return b"ERROR bad arguments"
    try:
        return b"RESULT %d" % OPERATIONS[commande](a, b)
    except ZeroDivisionError:
        return b"ERROR division by zero"


class Calculatrice(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            for ligne in self.rfile:
                if ligne.strip() == b"QUIT":
                    self.wfile.write(b"BYE\n")
                    return
                self.wfile.write(reponse(ligne) + b"\n")
        except ConnectionError as erreur:
            print("client perdu :", erreur)


class Serveur(socketserver.TCPServer):
    allow_reuse_address = True


Serveur(("", 5050), Calculatrice).serve_forever()
