import socket

connection = socket.create_connection(("localhost", 65432))
connection.sendall(b"JOIN\n")
connection.sendall(b"QUIT\n")
connection.close()
