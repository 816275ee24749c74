from attaque import *

serve()
base = f"http://127.0.0.1:{KNOWN.get('tcp_port', 9)}"
for text in ("<img src='{}/img'>", "<link rel=stylesheet href='{}/css'>", "<iframe src='{}/f'>",
             "<svg><image href='{}/svg'/></svg>", "<style>@import url('{}/i');</style>",
             "<meta http-equiv=refresh content='0;url={}/m'>", "<video src='{}/v' autoplay>",
             "<link rel=prefetch href='{}/p'>", "<object data='{}/o'>", "![x]({}/md)",
             "<p style=\"background:url('{}/bg')\">", "<base href='{}/'>"):
    print(text.format(base))
tried(32, "twelve ways")
