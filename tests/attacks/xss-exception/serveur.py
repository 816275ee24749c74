from attaque import *

serve()
sys.stdout.flush()
tried(31, "an exception")
error = type("<script>document.title='pwned'</script>", (Exception,), {})
error.__module__ = "<img src=x onerror=document.title='pwned'>"
problem = error("<svg/onload=document.title='pwned'>\n  File \"<script>1</script>\", line 1")
raise problem  # <script>document.title='pwned'</script> </pre>
