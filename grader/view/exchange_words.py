"""The words of an exchange: its moments, and the steps of a scenario that did not come."""

from __future__ import annotations

from grader.judge.wording import LIMITS
from grader.transcript import SAME_CAUSE, SAME_CAUSE_WHOLE

EXCHANGE: dict[str, tuple[str, str]] = {
    "m_unbuilt": ("le compilateur refuse", "the compiler refuses"),
    "m_doubts": ("le compilateur avertit", "the compiler warns"),
    "m_started": ("démarrage", "started"),
    "m_restarted": ("redémarrage", "started again"),
    "m_listens": ("écoute sur {where}", "listens on {where}"),
    "m_bound_udp": ("attend en UDP sur {where}", "bound in UDP on {where}"),
    "m_listens_local": ("écoute sur le socket Unix {where}", "listens on the Unix socket {where}"),
    "m_connected_local": ("connexion établie", "connected"),
    "m_dialed_local_opened": (
        "appelle le socket Unix {where}~: personne n’y écoutait~; pour voir la suite, nous y avons "
        "mis notre serveur et relancé votre client",
        "calls the Unix socket {where}: nobody listened there; to see the rest, we put our server "
        "there and started your client again",
    ),
    "m_fin_local": ("fin de la connexion", "end of the connection"),
    "m_rst_local": (
        "connexion coupée~: des octets n’étaient pas lus",
        "connection cut off, with bytes unread",
    ),
    "m_half_close_local": ("la référence n’enverra plus rien", "the reference has said all"),
    "m_connected": ("connexion établie (SYN, SYN/ACK, ACK)", "connected (SYN, SYN/ACK, ACK)"),
    "m_refused": ("connexion refusée", "connection refused"),
    "m_refused_at": (
        "appel du port {port}~: refusé, personne n’y écoute",
        "a call to port {port}: refused, nobody listens there",
    ),
    "m_dialed": (
        "appelle {where} en {protocol}~: personne n’y écoute",
        "calls {where} over {protocol}: nobody listens there",
    ),
    "m_dialed_opened": (
        "appelle {where} en {protocol}~: personne n’y écoutait~; pour voir la suite, nous y avons "
        "mis notre serveur et relancé votre client",
        "calls {where} over {protocol}: nobody listened there; to see the rest, we put our server "
        "there and started your client again",
    ),
    "m_message": ("message {names}", "message {names}"),
    "m_only": ("message", "message"),
    "m_first": ("premier message", "first message"),
    "m_second": ("second message", "second message"),
    "m_third": ("troisième message", "third message"),
    "m_quoted": ("«~{text}~»", "“{text}”"),
    "m_messages": ("{n} messages d’un seul envoi", "{n} messages in one send"),
    "m_some": ("un message", "a message"),
    "m_generated_text": ("{size} de texte", "{size} of text"),
    "m_generated_bytes": ("{size} quelconques", "any {size}"),
    "m_piece": ("morceau {piece} sur {pieces}", "piece {piece} of {pieces}"),
    "m_pieces": ("en {n} envois", "in {n} sends"),
    "m_fin": ("FIN~: fin de la connexion", "FIN: end of the connection"),
    "m_unreachable": ("personne ne reçoit le datagramme", "nobody takes the datagram"),
    "m_rst": ("RST~: connexion coupée net", "RST: connection cut off"),
    "m_close": ("la référence ferme", "the reference closes"),
    "m_half_close": ("FIN~: la référence n’enverra plus rien", "FIN: the reference has said all"),
    "m_reset": ("RST~: la référence coupe net", "RST: the reference cuts off"),
    "m_consumed": ("tout est lu", "all of it is read"),
    "m_stdout": ("écran", "screen"),
    "m_stderr": ("erreurs (stderr)", "errors (stderr)"),
    "m_listens_unseen": (
        "écoute sur le port {port} (adresse non vue)",
        "listens on port {port} (address not seen)",
    ),
    "m_keyboard_guessed": (
        "ne fait plus rien~: touche Entrée, au cas où",
        "does nothing: Enter, in case it waits for that",
    ),
    "m_keyboard": ("attendait le clavier~: touche Entrée", "waited for the keyboard: Enter"),
    "m_typed": ("attendait le clavier~: on tape", "waited for the keyboard: typed"),
    "m_not_silent": ("n’a pas attendu sans rien dire", "did not wait in silence"),
    "m_passed_over": (
        "facultatif, n’est pas venu~: {what}",
        "may be left out, did not come: {what}",
    ),
    "m_missed": ("n’est pas venu~: {what}", "did not come: {what}"),
    "m_undone": ("n’a pas eu lieu~: {what}", "did not happen: {what}"),
    "m_misplaced": ("venu, mais pas à sa place~: {what}", "came, but out of its turn: {what}"),
    "m_unsent": ("pas envoyé~: {names}", "not sent: {names}"),
    "m_unsent_lacks": (
        " (il y faut {values}, qui n’a pas pu être lu dans ce qui est venu)",
        " (it needs {values}, which was not captured)",
    ),
    "m_unsent_lack": (
        " (il y faut {values}, qui n’ont pas pu être lus dans ce qui est venu)",
        " (it needs {values}, which were not captured)",
    ),
    "m_unsent_of": (
        " (il ne se calcule pas à partir de ce qui est venu~: {values})",
        " (it can’t be computed from what came: {values})",
    ),
    "m_step": ("étape {n}", "step {n}"),
    "m_waits": ("attend dans {calls}", "waits in {calls}"),
    "m_waits_for": ("attend {calls}", "waits for {calls}"),
    "m_loops": (
        "attend {calls} dans sa boucle d’évènements",
        "waits for {calls} in its event loop",
    ),
    "await_client": ("un client", "a client"),
    "await_data": ("des données", "data"),
    "await_both": ("un client ou des données", "a client or data"),
    "await_news": ("des nouvelles du réseau", "news from the network"),
    "m_runs": ("tourne sans s’arrêter", "runs without a pause"),
    "m_position": ("se tient {where}", "stands at {where}"),
    "m_exited": ("se termine, code {status}", "ends, status {status}"),
    "m_signal": ("se termine par le signal {signal}", "ends by signal {signal}"),
    "m_killed_stuck": ("attend toujours~: nous l’arrêtons", "still waits: we end it"),
    "m_killed_limit": ("limite atteinte~: nous l’arrêtons", "limit reached: we end it"),
    "m_killed_finished": ("essai fini~: nous l’arrêtons", "run over: we end it"),
    "m_killed_restart": ("nous l’arrêtons, pour le relancer", "we end it, to start it again"),
    "m_killed_interrupted": ("interrompu par l’enseignant", "interrupted by the teacher"),
    "m_limit": ("limite atteinte~: {limit}, {value}", "limit reached: {limit}, {value}"),
    "m_loss": (
        "{n} trames perdues par la capture (sans effet sur la note)",
        "{n} frames lost by the capture (no effect on the grade)",
    ),
    "m_hidden": ("… {n} autres évènements, non montrés", "… {n} more events, not shown"),
    # why a run was not needed, as it was recorded
    SAME_CAUSE: (
        "Pas joué~: il finirait comme l’essai qui compte, pour la même raison.",
        "Not played: it would end as the run that counts did, for the same reason.",
    ),
    SAME_CAUSE_WHOLE: (
        "Pas joué~: même sans être coupé, le message n’a pas donné ce qui est demandé.",
        "Not played: even uncut, the message did not come to what is asked.",
    ),
    **{f"limit_{name}": texts for name, texts in LIMITS.items()},
    "call_thread": ("un autre fil", "another thread"),
    "call_child": ("un autre processus", "another process"),
    # actions of a scenario, for a step that did not come
    "a_connect": ("la connexion", "the connection"),
    "a_accept": ("la connexion", "the connection"),
    "a_refuse": ("l’appel", "the call"),
    "a_receive": ("{names}", "{names}"),
    "a_drop": ("{names}", "{names}"),
    "a_type": ("la saisie au clavier", "what is typed"),
    "a_end": ("la fermeture", "the close"),
    "a_half-close": ("la fin d’envoi de la référence", "the reference’s end of sending"),
    "a_close": ("la fermeture par la référence", "the reference’s close"),
    "a_reset": ("la coupure par la référence", "the reference’s reset"),
    "a_restart": ("le redémarrage", "the new start"),
    "a_stop-reading": ("la pause de la référence", "the reference’s pause"),
    "a_read-again": ("la fin de la pause de la référence", "the end of the reference’s pause"),
}
