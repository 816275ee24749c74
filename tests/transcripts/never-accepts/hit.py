# plays: server-nominal
# finds: never-accepts
import socket
import threading

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(('', 65432))
ecoute.listen(1)
threading.Event().wait()  # here
