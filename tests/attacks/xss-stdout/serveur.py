from attaque import *

serve()
for text in (
    "<script>document.title='pwned'</script>", "<img src=x onerror=\"document.title='pwned'\">",
    "</pre></script><svg onload=document.title='pwned'>", "' onmouseover='document.title=1' x='",
    "\" autofocus onfocus=\"document.title='pwned'\" x=\"", "{{7*7}}{% for x in y %}", "]]>-->",
    "</title><script>document.title='pwned'</script>", "</textarea><script>1</script>",
    "<a href='javascript:document.title=1'>x</a>", "\\u003cscript\\u003e", "&lt;b&gt;", "<!--",
):
    print(text)
    print(text, file=sys.stderr)
tried(31, "HTML")
