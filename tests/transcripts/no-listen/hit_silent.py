# plays: server-nominal
# finds: no-listen
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(('', 65432))
ecoute.close()
