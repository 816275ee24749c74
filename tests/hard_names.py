"""Names of people that have broken software, for what is matched by name."""

from __future__ import annotations

NAMES = (
    "Marie Dupont", "Marie-Ève d'Hérouville", "Jean-François L’Écuyer", "Zoé O'Neil",
    "Nguyễn Văn An", "José María de la Cruz", "Sébastien LE GOFF", "Anaïs Müller-Lüdenscheidt",
    "Łukasz Żółć", "Þórður Ægisson", "Đặng Thị Bích", "Søren Kierkegård", "Ingeborg Ødegård",
    "李小龙", "山田 太郎", "김민준", "Анна Каренина", "Ἀλέξανδρος Παπαδόπουλος", "محمد علي",
    "יעל כהן", "श्रेया शर्मा", "อรทัย ศรี", "=SUM(A1)", "+Paul @Martin", "-Ada \"Countess\" Lovelace",
    "Robert'); DROP TABLE", "X Æ A-12", "Anne, Marie; Legrand", "O", "Jean Null", "True Story",
    "Dr. Éric von und zu Hohenlohe-Langenburg", "Nunzia  De   Girolamo",
)  # fmt: skip
"""No two have the same letters, nor the same words in another order."""
