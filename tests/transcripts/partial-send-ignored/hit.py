# plays: client-message
# finds: partial-send-ignored
import socket

# What a non-blocking send() does when its buffer is full, made to happen each time.
texte = ' '.join(f'mot{n}' for n in range(3000))
s = socket.socket()
s.connect(('localhost', 65432))
s.send(texte.encode()[:16384])
s.close()
