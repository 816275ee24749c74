from attaque import *

serve()
for text in ("::error file=x::pwned", "::add-mask::20", "::set-output name=score::20",
             "##[error]pwned", "##vso[task.complete result=Succeeded;]", "::stop-commands::t",
             "]]><testcase name='x'/>", "\x00\x01\x0b\x0c\x1f\x7f\ufffe\uffff", "=cmd|'/C calc'!A0",
             "+1+1", "-2+3", "@SUM(1)", "\t=1", "section_start:1:x", "\r::error::pwned"):
    print(text)
    print(text, file=sys.stderr)
tried(37, "commands")
