"""What each diagnosis says: a title and an explanation, in French and English.

Each explains the notion and points at the statement; none gives the solution away. The key
is the id of the catalogue, with `/variant` where one id is seen in several ways.
"""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """Title and explanation, French then English."""

    title: tuple[str, str]
    explanation: tuple[str, str]


MISTAKES: dict[str, Words] = {
    "missing-file": Words(
        ("Il manque un programme", "A program is missing"),
        ("{reason}", "{reason}"),
    ),
    "empty-program": Words(
        ("Le programme est vide", "The program is empty"),
        ("{reason}", "{reason}"),
    ),
    "syntax-error": Words(
        ("Python ne peut pas lire le programme", "Python cannot read the program"),
        (
            "Une faute de syntaxe{line} empêche le programme de commencer{nb}: rien n'a pu être "
            "exécuté. L'erreur se trouve à cette ligne ou juste avant.",
            "A syntax error{line} keeps the program from starting: nothing could be run. The "
            "mistake is on that line or just before it.",
        ),
    ),
    "non-ascii-bytes-literal": Words(
        ("Un accent dans une chaîne b'...'", "An accent in a b'...' literal"),
        (
            "Une chaîne d'octets b'...' est limitée au codage ASCII (énoncé, partie 1.3)"
            "{nb}: un «{nb}é{nb}» n'y a pas sa place. Demandez-vous comment un texte accentué "
            "devient des octets.",
            "A b'...' literal is limited to ASCII (statement, part 1.3): “é” has no place in it. "
            "Ask yourself how a text with accents becomes bytes.",
        ),
    ),
    "missing-module": Words(
        ("Un module est introuvable", "A module cannot be found"),
        (
            "Le programme importe{line} un module qui n'est pas là. L'énoncé ne demande que le "
            "module socket{nb}; vérifiez le nom, et les fichiers que vous avez rendus.",
            "The program imports{line} a module that is not there. The statement only asks for "
            "the socket module; check the name, and the files that you handed in.",
        ),
    ),
    "missing-argument": Words(
        (
            "Le programme attend un argument de la ligne de commande",
            "The program wants a command-line argument",
        ),
        (
            "Le programme a été lancé sans argument, et il en attend un{line}. Dans l'énoncé, "
            "l'hôte et le port sont connus d'avance.",
            "The program was started without arguments, and wants one{line}. In the statement "
            "host and port are known beforehand.",
        ),
    ),
    "port-not-a-number": Words(
        ("Le port est un texte", "The port is a text"),
        (
            "Le port donné au socket{line} est une chaîne de caractères{nb}; un port est un "
            "nombre entier.",
            "The port given to the socket{line} is a string; a port is an integer.",
        ),
    ),
    "address-not-a-tuple": Words(
        ("L'adresse n'est pas un tuple", "The address is not a tuple"),
        (
            "bind() et connect() attendent un seul paramètre{nb}: un tuple (nom d'hôte, port), "
            "avec ses propres parenthèses (énoncé, partie 1.1). Regardez l'appel{line}.",
            "bind() and connect() take one parameter: a tuple (host name, port), with its own "
            "parentheses (statement, part 1.1). Look at the call{line}.",
        ),
    ),
    "datagram-instead-of-stream": Words(
        ("UDP au lieu de TCP", "UDP instead of TCP"),
        (
            "Le socket est en mode non connecté (UDP). L'énoncé demande le mode connecté"
            "{nb}: relisez dans la partie 1.1 le second paramètre de socket().",
            "The socket works without connections (UDP). The statement asks for the connected "
            "mode: in part 1.1 read about the second parameter of socket().",
        ),
    ),
    "no-listen": Words(
        ("Le serveur n'écoute pas", "The server does not listen"),
        (
            "Aucun socket du serveur n'a été mis à l'état d'écoute{nb}: un client ne peut pas se "
            "connecter. Comparez vos étapes à celles de la partie 1.1.",
            "No socket of the server was put into the listening state: a client cannot connect. "
            "Compare your steps with those of part 1.1.",
        ),
    ),
    "other-port-or-host/server": Words(
        ("Un autre port que celui de l'énoncé", "Another port than the statement's"),
        (
            "Le serveur écoute sur le port {seen}{nb}; le client de l'énoncé le cherche sur le "
            "port {port}. Les deux doivent connaître le même numéro.",
            "The server listens on port {seen}; the statement's client looks for it on port "
            "{port}. Both must know the same number.",
        ),
    ),
    "other-port-or-host/client": Words(
        ("Un autre port que celui de l'énoncé", "Another port than the statement's"),
        (
            "Le client appelle le port {seen}{nb}; le serveur de l'énoncé attend sur le port "
            "{port}. Les deux doivent connaître le même numéro.",
            "The client dials port {seen}; the statement's server waits on port {port}. Both "
            "must know the same number.",
        ),
    ),
    "other-port-or-host": Words(
        ("Un hôte ou un port qui ne répond pas", "A host or port that does not answer"),
        (
            "L'adresse utilisée{line} ne mène pas au serveur de l'énoncé, qui est sur cette "
            "machine (localhost), port 65432.",
            "The address used{line} does not lead to the statement's server, which is on this "
            "machine (localhost), port 65432.",
        ),
    ),
    "port-byte-order": Words(
        ("Les octets du port sont inversés", "The bytes of the port are swapped"),
        (
            "Le serveur écoute sur le port {seen}, qui est {port} avec ses deux octets échangés"
            "{nb}: un port voyage dans l'ordre des octets du réseau.",
            "The server listens on port {seen}, which is {port} with its two bytes swapped: a "
            "port travels in network byte order.",
        ),
    ),
    "bound-to-one-interface": Words(
        ("Le serveur n'écoute que sur une adresse", "The server listens on one address only"),
        (
            "Le socket est lié à {address} seulement{nb}: un client qui vient par une autre "
            "interface ne le trouve pas. La partie 1.1 dit quel nom d'hôte les prend toutes.",
            "The socket is bound to {address} only: a client that comes through another "
            "interface does not find it. Part 1.1 says which host name takes them all.",
        ),
    ),
    "waits-for-keyboard": Words(
        ("Le programme attend le clavier", "The program waits for the keyboard"),
        (
            "Le programme s'est arrêté pour attendre une touche{nb}; Entrée lui a été donnée, "
            "comme vous l'auriez fait. L'énoncé ne demande rien au clavier.",
            "The program stopped to wait for a key; it was given Enter, as you would have done. "
            "The statement asks for nothing from the keyboard.",
        ),
    ),
    "waits-for-keyboard/stuck": Words(
        ("Le programme attend le clavier", "The program waits for the keyboard"),
        (
            "Le programme attend encore une saisie{line}, et rien d'autre ne viendra. Dans "
            "l'énoncé, les messages viennent du réseau, pas du clavier.",
            "The program still waits for input{line}, and nothing else will come. In the "
            "statement the messages come from the network, not from the keyboard.",
        ),
    ),
    "keyboard-at-end-of-input": Words(
        ("input() n'a plus rien à lire", "input() has nothing left to read"),
        (
            "input(){line} a trouvé la fin de l'entrée et lève EOFError. L'énoncé ne demande "
            "rien au clavier.",
            "input(){line} found the end of input and raises EOFError. The statement asks for "
            "nothing from the keyboard.",
        ),
    ),
    "never-accepts": Words(
        ("Le serveur n'accepte jamais le client", "The server never accepts the client"),
        (
            "TCP a établi la connexion, mais elle attend encore dans la file du serveur{nb}: le "
            "programme n'en a pas pris connaissance. Relisez dans la partie 1.1 ce qui suit "
            "listen().",
            "TCP made the connection, but it still waits in the server's queue: the program has "
            "not taken notice of it. In part 1.1 read what follows listen().",
        ),
    ),
    "both-wait-first/server": Words(
        ("Le serveur attend avant de parler", "The server waits before it speaks"),
        (
            "Le serveur lit d'abord et n'envoie son message qu'après. Le client de l'énoncé "
            "attend ce message pour parler{nb}: chacun attendrait l'autre. Relisez dans la "
            "partie 2 ce que le serveur fait «{nb}dès que le client s'est connecté{nb}».",
            "The server reads first and sends its message only afterwards. The statement's "
            "client waits for that message before it speaks: each would wait for the other. In "
            "part 2 read what the server does as soon as the client is connected.",
        ),
    ),
    "both-wait-first/silent": Words(
        ("Le serveur ne salue pas le client", "The server does not greet the client"),
        (
            "Le serveur lit sans avoir rien envoyé. Le client de l'énoncé attend d'abord un "
            "message du serveur{nb}: chacun attendrait l'autre. Relisez dans la partie 2 ce que "
            "le serveur fait «{nb}dès que le client s'est connecté{nb}».",
            "The server reads without having sent anything. The statement's client first waits "
            "for a message of the server: each would wait for the other. In part 2 read what "
            "the server does as soon as the client is connected.",
        ),
    ),
    "both-wait-first/client": Words(
        ("Le client attend une réponse qui ne vient pas", "The client waits for an answer"),
        (
            "Le client attend dans {call}{line}, mais le serveur a tout envoyé et attend, lui, "
            "la suite des messages du client. Relisez l'ordre des étapes dans la partie 2.",
            "The client waits in {call}{line}, but the server has sent everything and itself "
            "waits for the client's next messages. Read the order of the steps in part 2.",
        ),
    ),
    "speaks-first": Words(
        ("Le client parle avant le serveur", "The client speaks before the server"),
        (
            "Le client a envoyé avant d'avoir reçu le message du serveur. Dans l'énoncé "
            "(partie 2), il reçoit et imprime d'abord.",
            "The client sent before it had received the server's message. In the statement "
            "(part 2) it receives and prints first.",
        ),
    ),
    "never-receives": Words(
        (
            "Le programme ne lit pas ce qu'on lui envoie",
            "The program does not read what it is sent",
        ),
        (
            "Rien de ce que l'autre côté envoie n'a été lu. Des données reçues attendent dans le "
            "socket jusqu'à ce que le programme les demande (énoncé, partie 1.3).",
            "Nothing of what the other side sends has been read. Received data wait in the "
            "socket until the program asks for them (statement, part 1.3).",
        ),
    ),
    "closes-with-unread-data": Words(
        ("Fermer sans avoir lu", "Closing without having read"),
        (
            "Le programme a fermé la connexion alors que des octets reçus l'attendaient encore"
            "{nb}: TCP répond alors par une coupure brutale (RST), et l'autre côté peut perdre "
            "ce qu'il recevait.",
            "The program closed the connection while received bytes were still waiting: TCP then "
            "answers with an abrupt reset (RST), and the other side may lose what was on its way.",
        ),
    ),
    "one-recv-is-one-message": Words(
        ("Un recv() n'a rendu qu'un morceau du message", "One recv() returned part of the message"),
        (
            "Seul le début du message a été lu. recv() renvoie au plus le nombre d'octets "
            "demandé, et au plus ce qui est déjà arrivé (énoncé, partie 1.3).",
            "Only the beginning of the message was read. recv() returns at most the number of "
            "bytes asked for, and at most what has arrived already (statement, part 1.3).",
        ),
    ),
    "one-recv-two-messages": Words(
        ("Une seule lecture pour deux messages", "One read for two messages"),
        (
            "Le client envoie deux messages, l'un après l'autre{nb}; votre serveur a lu le "
            "premier, puis n'a plus lu. recv() ne renvoie que ce qui est déjà arrivé "
            "(énoncé, parties 1.3 et 2).",
            "The client sends two messages, one after the other; your server read the first "
            "and then read no more. recv() only returns what has arrived already (statement, "
            "parts 1.3 and 2).",
        ),
    ),
    "merged-messages": Words(
        ("Les deux messages ont été lus en un seul", "Both messages were read as one"),
        (
            "Arrivés ensemble, les deux messages ont été lus et affichés d'un bloc{nb}: TCP "
            "transporte une suite d'octets et ne garde pas les limites des messages.",
            "Arriving together, both messages were read and printed as one block: TCP carries a "
            "sequence of bytes and keeps no boundaries between messages.",
        ),
    ),
    "leaves-early": Words(
        ("Le programme part trop tôt", "The program leaves too early"),
        (
            "La connexion s'est terminée avant que le programme n'ait envoyé quoi que ce soit. "
            "Comparez vos étapes à celles de la partie 2.",
            "The connection ended before the program had sent anything. Compare your steps with "
            "those of part 2.",
        ),
    ),
    "leaves-early/no-connection": Words(
        ("Le client ne se connecte pas", "The client does not connect"),
        (
            "Le programme s'est terminé sans avoir cherché à joindre le serveur. Relisez la "
            "partie 1.2.",
            "The program ended without having tried to reach the server. Read part 1.2.",
        ),
    ),
    "second-message-missing": Words(
        ("Un message manque", "A message is missing"),
        (
            "Le premier message est arrivé, un suivant n'est jamais venu. La partie 2 dit tous "
            "ceux qu'il faut envoyer.",
            "The first message arrived, a later one never came. Part 2 names all that are to be "
            "sent.",
        ),
    ),
    "swapped-messages": Words(
        ("Les messages sont dans le désordre", "The messages are out of order"),
        (
            "Les textes sont justes, mais leur ordre n'est pas celui de la partie 2.",
            "The texts are right, but their order is not that of part 2.",
        ),
    ),
    "wrong-text": Words(
        ("Le texte envoyé n'est pas celui de l'énoncé", "The text sent is not the statement's"),
        (
            "Un message est bien arrivé, mais avec d'autres mots que ceux de la partie 2. "
            "Comparez-les lettre par lettre.",
            "A message did arrive, but with other words than those of part 2. Compare them "
            "letter by letter.",
        ),
    ),
    "wrong-text/partly": Words(
        ("Le texte envoyé diffère de quelques signes", "The text sent differs a little"),
        (
            "Le message est presque celui de la partie 2{nb}: quelques signes diffèrent.",
            "The message is almost that of part 2: a few characters differ.",
        ),
    ),
    "hard-coded-output": Words(
        ("L'affichage ne suit pas le message reçu", "What is printed does not follow the message"),
        (
            "Avec d'autres mots, le programme affiche encore ceux de l'énoncé{nb}: ce texte est "
            "écrit dans le programme. L'énoncé demande d'imprimer ce qui a été reçu.",
            "With other words the program still prints those of the statement: that text is "
            "written in the program. The statement asks to print what was received.",
        ),
    ),
    "no-print": Words(
        ("Le message reçu n'est pas affiché", "The message received is not printed"),
        (
            "Le message a été lu, mais rien ne l'affiche. L'énoncé demande de «{nb}recevoir un "
            "message et l'imprimer{nb}»{nb}: qu'avez-vous fait de ce que recv() renvoie{nb}?",
            "The message was read, but nothing prints it. The statement asks to receive a "
            "message and print it: what did you do with what recv() returns?",
        ),
    ),
    "prints-to-stderr": Words(
        ("Le texte est sur la sortie d'erreur", "The text is on standard error"),
        (
            "Le message reçu est affiché sur la sortie d'erreur, qui est faite pour les erreurs. "
            "L'énoncé demande de l'imprimer simplement.",
            "The message received is printed on standard error, which is made for errors. The "
            "statement asks simply to print it.",
        ),
    ),
    "prints-length-only": Words(
        ("C'est une longueur qui est affichée", "A length is printed"),
        (
            "Le programme affiche combien d'octets sont venus, et non le message. send() renvoie "
            "un nombre, recv() renvoie des octets (énoncé, partie 1.3).",
            "The program prints how many bytes came, not the message. send() returns a number, "
            "recv() returns bytes (statement, part 1.3).",
        ),
    ),
    "bytes-repr": Words(
        ("Des octets sont affichés tels quels", "Bytes are printed as they are"),
        (
            "L'affichage a la forme b'...'{nb}: recv() renvoie des octets, et print() les montre "
            "ainsi. Les décoder en ferait un texte. Cela ne coûte rien ici.",
            "The output has the form b'...': recv() returns bytes, and print() shows them so. "
            "Decoding would make them a text. That costs nothing here.",
        ),
    ),
    "extra-output": Words(
        ("D'autres octets entourent un message", "Other bytes surround a message"),
        (
            "Le message attendu est arrivé avec autre chose autour{nb}; l'autre côté doit "
            "deviner ce qui en fait partie. Cela ne coûte rien ici.",
            "The message expected came with something around it; the other side must guess what "
            "belongs to it. That costs nothing here.",
        ),
    ),
    "send-str-not-bytes": Words(
        ("Un texte est envoyé au lieu d'octets", "A text is sent instead of bytes"),
        (
            "send() attend des octets (type bytes), pas une chaîne de caractères (énoncé, "
            "partie 1.3). Regardez ce que l'appel{line} reçoit.",
            "send() takes bytes, not a string (statement, part 1.3). Look at what the call"
            "{line} is given.",
        ),
    ),
    "accept-tuple-not-unpacked": Words(
        ("accept() renvoie deux choses", "accept() returns two things"),
        (
            "accept() renvoie à la fois le socket de communication et l'adresse du client "
            "(énoncé, partie 1.1). Le programme{line} se sert des deux comme d'un seul socket.",
            "accept() returns both the communication socket and the client's address "
            "(statement, part 1.1). The program{line} uses the two as if they were a socket.",
        ),
    ),
    "io-on-listening-socket": Words(
        ("Le mauvais socket parle", "The wrong socket talks"),
        (
            "Le programme{line} envoie ou reçoit sur le socket d'écoute, qui n'est relié à "
            "personne. La partie 1.1 dit quel socket sert à communiquer avec le client.",
            "The program{line} sends or receives on the listening socket, which is connected to "
            "nobody. Part 1.1 says which socket is for talking to the client.",
        ),
    ),
    "closes-listener-in-loop": Words(
        ("Le socket d'écoute est déjà fermé", "The listening socket is already closed"),
        (
            "accept(){line} est appelé sur un socket qui a été fermé avant. Le socket d'écoute "
            "et celui de la communication se ferment à des moments différents.",
            "accept(){line} is called on a socket that was closed before. The listening socket "
            "and the one for talking are closed at different times.",
        ),
    ),
    "decode-error": Words(
        ("Les octets reçus ne se décodent pas", "The bytes received cannot be decoded"),
        (
            "Le décodage{line} a échoué{nb}: le codage demandé n'est pas celui des octets reçus. "
            "Un «{nb}é{nb}» n'existe pas en ASCII.",
            "Decoding{line} failed: the encoding asked for is not that of the bytes received. "
            "There is no “é” in ASCII.",
        ),
    ),
    "decode-error/encode": Words(
        ("Le texte ne se code pas ainsi", "The text cannot be encoded so"),
        (
            "Le codage demandé{line} n'a pas de signe pour un caractère du texte. Un "
            "«{nb}é{nb}» n'existe pas en ASCII.",
            "The encoding asked for{line} has no sign for a character of the text. There is no "
            "“é” in ASCII.",
        ),
    ),
    "split-character": Words(
        ("Un caractère coupé en deux", "A character cut in two"),
        (
            "Un «{nb}é{nb}» prend deux octets, et ils sont arrivés l'un après l'autre{nb}: "
            "décoder chaque morceau{line} échoue. Un texte se décode quand il est complet.",
            "An “é” takes two bytes, and they came one after the other: decoding each piece"
            "{line} fails. A text is decoded when it is complete.",
        ),
    ),
    "dies-on-reset": Words(
        ("Le départ de l'autre côté arrête le programme", "The peer's leaving ends the program"),
        (
            "L'autre côté a fermé la connexion, et le programme s'est arrêté{line} sur l'erreur "
            "qui s'ensuit. Un partenaire peut partir à tout moment.",
            "The other side closed the connection, and the program stopped{line} with the error "
            "that follows. A peer may leave at any time.",
        ),
    ),
    "no-reuseaddr": Words(
        ("Le port est encore occupé", "The port is still taken"),
        (
            "Relancé aussitôt, le serveur n'a pas pu reprendre son port{line}{nb}: la connexion "
            "d'avant y reste un moment dans l'état TIME_WAIT.",
            "Started again at once, the server couldn't take its port back{line}: the connection "
            "before stays there for a while in the state TIME_WAIT.",
        ),
    ),
    "client-before-server": Words(
        ("Aucun serveur n'était là", "No server was there"),
        (
            "Personne n'écoutait, et le client s'est arrêté{line} sur l'erreur. Un serveur peut "
            "ne pas être lancé{nb}: un programme soigné le dit en une phrase.",
            "Nobody listened, and the client stopped{line} with the error. A server may not have "
            "been started: a careful program says so in one sentence.",
        ),
    ),
    "accept-once": Words(
        ("Le serveur ne sert qu'un client", "The server serves one client only"),
        (
            "Une seconde connexion a été refusée{nb}: le serveur n'en accepte qu'une. L'énoncé "
            "n'en demande pas plus.",
            "A second connection was refused: the server accepts only one. The statement asks "
            "for no more.",
        ),
    ),
    "waits-for-end-of-stream/server": Words(
        ("Le serveur lit encore au lieu de fermer", "The server reads on instead of closing"),
        (
            "Votre serveur attend dans {call}{line}{nb}; le client a tout envoyé et attend que "
            "le serveur ferme. recv() bloque jusqu'à ce que des données soient reçues ou que "
            "l'autre côté ferme (énoncé, parties 1.3 et 2).",
            "Your server waits in {call}{line}; the client has sent everything and waits for the "
            "server to close. recv() blocks until data come or the other side closes "
            "(statement, parts 1.3 and 2).",
        ),
    ),
    "waits-for-end-of-stream/client": Words(
        ("Le client lit encore au lieu de fermer", "The client reads on instead of closing"),
        (
            "Votre client attend dans {call}{line}{nb}; le serveur a tout envoyé. recv() bloque "
            "jusqu'à ce que des données soient reçues ou que l'autre côté ferme (énoncé, "
            "parties 1.3 et 2).",
            "Your client waits in {call}{line}; the server has sent everything. recv() blocks "
            "until data come or the other side closes (statement, parts 1.3 and 2).",
        ),
    ),
    "ignores-end-of-stream": Words(
        ("La fin de la connexion n'est pas vue", "The end of the connection is not seen"),
        (
            "L'autre côté a fermé, et le programme tourne toujours{line}. Quand il ne viendra "
            "plus rien, recv() ne bloque plus{nb}: que renvoie-t-il alors, et qu'en fait votre "
            "boucle{nb}?",
            "The other side has closed, and the program still runs{line}. When nothing more will "
            "come, recv() no longer blocks: what does it return then, and what does your loop "
            "do with it?",
        ),
    ),
    "never-closes": Words(
        ("La connexion n'est pas fermée", "The connection is not closed"),
        (
            "Tous les messages sont échangés, mais la connexion reste ouverte. La fermer est la "
            "dernière étape de l'énoncé{nb}; c'est le socket de communication qui compte.",
            "All messages are exchanged, but the connection stays open. Closing it is the "
            "statement's last step; it is the communication socket that matters.",
        ),
    ),
    "endless-loop/accept": Words(
        ("Le serveur attend un autre client", "The server waits for another client"),
        (
            "Une fois son client servi, votre serveur attend le suivant{line} et ne s'arrête "
            "jamais. L'énoncé se limite à un seul client (partie 2).",
            "Once its client is served your server waits for the next{line} and never stops. "
            "The statement has a single client (part 2).",
        ),
    ),
    "endless-loop/waits": Words(
        ("Le programme ne se termine pas", "The program does not end"),
        (
            "Le programme attend dans {call}{line} ce qui ne viendra plus.",
            "The program waits in {call}{line} for what will no longer come.",
        ),
    ),
    "endless-loop/cpu": Words(
        ("Une boucle sans fin", "An endless loop"),
        (
            "Le programme calcule sans s'arrêter{line}. Qu'est-ce qui doit faire sortir de cette "
            "boucle{nb}?",
            "The program computes without stopping{line}. What should make it leave that loop?",
        ),
    ),
    "endless-loop/output": Words(
        ("Un affichage sans fin", "Endless output"),
        (
            "Le programme affiche sans s'arrêter{line}. Qu'est-ce qui doit faire sortir de cette "
            "boucle{nb}?",
            "The program prints without stopping{line}. What should make it leave that loop?",
        ),
    ),
    "endless-loop/wall": Words(
        ("Le programme ne finit pas à temps", "The program does not finish in time"),
        (
            "Après 10 secondes et plus, le programme tournait encore{line}. L'échange de "
            "l'énoncé ne prend qu'un instant.",
            "After 10 seconds and more the program still ran{line}. The statement's exchange "
            "takes but a moment.",
        ),
    ),
    "sleeps-too-long": Words(
        ("Le programme dort trop longtemps", "The program sleeps too long"),
        (
            "Le programme était en pause{line} quand le temps accordé (10 secondes) fut passé. "
            "recv() et accept() attendent d'eux-mêmes ce qui doit venir.",
            "The program was asleep{line} when the time allowed (10 seconds) was over. recv() "
            "and accept() by themselves wait for what is to come.",
        ),
    ),
    "exit-status": Words(
        ("Le programme signale un échec", "The program reports a failure"),
        (
            "Le programme s'est terminé avec le code {code}{nb}; 0 veut dire que tout va bien.",
            "The program ended with status {code}; 0 means that all is well.",
        ),
    ),
    "exit-status/exception": Words(
        ("Le programme s'est arrêté sur une erreur", "The program stopped because of an error"),
        (
            "Une exception {error} n'a pas été rattrapée{line}{nb}: ce qui devait suivre n'a pas "
            "été exécuté. La dernière ligne de l'erreur dit ce qui s'est passé.",
            "An exception {error} was not caught{line}: what should follow was not run. The last "
            "line of the error says what happened.",
        ),
    ),
    "exit-status/signal": Words(
        ("Le programme a été arrêté par un signal", "The program was ended by a signal"),
        (
            "Le programme a été arrêté par le signal {signal}{nb}: ce n'est pas une fin normale.",
            "The program was ended by signal {signal}: that is no normal end.",
        ),
    ),
}
