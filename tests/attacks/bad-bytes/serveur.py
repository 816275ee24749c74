from attaque import *

serve()
os.write(1, bytes(range(256)) * 8 + b"\xed\xa0\x80\xed\xbf\xbf\xf4\x90\x80\x80\xc0\x80\n")
os.write(1, ("e" + "\u0301" * 2000 + "\ufeff\ufffe\uffff\u2028\u2029\x85\n").encode())
os.write(2, b"\0" * 2000 + b"\xff\xfe\n")
tried(29, "bytes")
