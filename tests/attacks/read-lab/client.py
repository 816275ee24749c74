from attaque import *

call()
import importlib.util

for path in KNOWN.get("lab", []):
    attempt(4, "opened " + path, os.open, path, os.O_RDONLY)
for name in ("grader", "reference", "wiregrade", "msgspec", "yaml", "jinja2"):
    found = importlib.util.find_spec(name)
    if found is not None and name in ("grader", "reference", "wiregrade"):
        escaped(4, f"{name} can be imported from {found.origin}")
for folder in sys.path:
    for root, _, files in os.walk(folder):
        for name in files:
            if name.endswith((".yaml", ".egg-link", ".pth")) and "wiregrade" in name.lower():
                escaped(4, os.path.join(root, name))
    if os.path.isdir(folder) and any("wiregrade" in n.lower() for n in os.listdir(folder)):
        escaped(4, f"wiregrade in {folder}")
tried(4, f"{len(sys.path)} folders of modules")
