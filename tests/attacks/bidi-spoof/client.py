from attaque import *

call()
print("\u202e\u2066 tuo \u2069\u202c 20/20 \u200b\u200d\u2060\ufeff \u0440\u0430ss \u061c\u034f")
print("score: 0\u202e02/02 :erocs\u202c\U000e0041\U000e0042\u115f\u3164")
tried(33, "marks")
