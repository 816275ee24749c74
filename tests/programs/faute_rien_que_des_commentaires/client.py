"""
TP 9 : le client
1. se connecter
2. recevoir et imprimer
3. envoyer les deux messages
4. fermer
"""
pass
