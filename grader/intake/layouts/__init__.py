"""How learning platforms name what students handed in: names go in, pieces come out.

Each module knows one platform's names and nothing else: no file is opened here.
"""
