# import socket
#
# s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# s.bind(("", 65432))
# s.listen(1)
# conn, addr = s.accept()
# À FINIR
