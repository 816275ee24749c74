"""The words of terminals: of what `check` prints, and of what `diff` does."""

from __future__ import annotations

TERMINAL: dict[str, tuple[str, str]] = {
    "t_alone": (
        "Chaque programme est essayé seul, face à un programme à nous qui suit l’énoncé.",
        "Each program is tried alone, against a program of ours that follows the statement.",
    ),
    "t_where": ("où", "where"),
    "t_during": ("{place}, pendant «~{run}~»", "{place}, during “{run}”"),
    "t_and": ("{first} et {second}", "{first} and {second}"),
    "t_program": ("Le programme a écrit", "The program wrote"),
    "t_python": ("Python a écrit", "Python wrote"),
    "t_further": (
        "Pour aller plus loin~: aucun point perdu. Nous avons essayé des situations inhabituelles.",
        "To go further: no points lost. We tried unusual situations.",
    ),
    "t_same": (
        "{n} autres critères échouent pour la même raison~: {cause}",
        "{n} other criteria fail for the same reason: {cause}",
    ),
    "t_same_one": (
        "1 autre critère échoue pour la même raison~: {cause}",
        "1 other criterion fails for the same reason: {cause}",
    ),
    "t_passed": (
        "{passed}/{total} critères réussis, {score}/{max}",
        "{passed}/{total} criteria passed, {score}/{max}",
    ),
    "t_incomplete": ("note provisoire", "provisional grade"),
    "t_more": ("… et {n} autres", "… and {n} more"),
    "t_read": ("À relire", "Read again"),
    "t_costs": ("Coûte {points} point", "Costs {points} point"),
    "t_costs_more": ("Coûte {points} points", "Costs {points} points"),
    "t_seen": ("Ce qui s’est passé", "What happened"),
    "t_seen_above": (
        "Ce qui s’est passé~: voir l’échange du point {number}.",
        "What happened: see the exchange of point {number}.",
    ),
    "t_see": ("voir {number}", "see {number}"),
    "t_others": ("Autres critères à revoir", "Other criteria to fix"),
    "t_since": ("Depuis la fois d’avant", "Since the last time"),
    "t_won": ("gagné~: {title} ({before} → {after})", "won: {title} ({before} → {after})"),
    "t_lost": ("perdu~: {title} ({before} → {after})", "lost: {title} ({before} → {after})"),
    "t_score": ("note~: {before} → {after}", "grade: {before} → {after}"),
    "t_as_before": (
        "Depuis la fois d’avant~: aucun critère n’a changé.",
        "Since the last time: no criterion has changed.",
    ),
    "t_watching": (
        "Enregistrez un programme~: il sera vérifié à nouveau. Ctrl-C pour arrêter.",
        "Save a program and it is checked again. Ctrl-C ends this.",
    ),
    "t_again": ("{files}~: nouvelle vérification…", "{files}: checking again…"),
    "t_unreadable": (
        "{place}~: Python ne peut pas encore lire ce programme. Le dernier résultat reste.",
        "{place}: Python cannot read this program yet. The last result stays.",
    ),
    "t_empty": (
        "{place}~: ce programme est vide. Le dernier résultat reste.",
        "{place}: this program is empty. The last result stays.",
    ),
    "t_changed": ("les programmes ont changé", "the programs have changed"),
    # diff
    "d_lab_changed": ("Le labo a changé entre les deux.", "The lab changed between the two."),
    "d_lab_same": ("Le labo est le même.", "The lab is the same."),
    "d_absent": ("absent", "absent"),
    "d_resubmitted": ("la remise a changé aussi", "what was handed in changed, too"),
    "d_gone": ("N’est plus dit", "No longer told"),
    "d_new": ("Dit maintenant", "Told now"),
    "d_steps": ("plus de points~: {up}, moins~: {down}", "more points: {up}, fewer: {down}"),
    "d_total": (
        "Inchangés~: {same}, changés~: {changed} (montent~: {up}, baissent~: {down}), "
        "nouveaux~: {added}, retirés~: {removed}",
        "Unchanged: {same}, changed: {changed} (up: {up}, down: {down}), "
        "new: {added}, withdrawn: {removed}",
    ),
}
