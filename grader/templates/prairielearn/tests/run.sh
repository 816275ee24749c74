#!/usr/bin/env bash
# Runs for each submission, in the grader's container. Made by `wiregrade init prairielearn`.
# A lab of your own: its folder beside this file, as `lab`.
set -uo pipefail
grade=${GRADE:-/grade}
wiregrade=${WIREGRADE:-wiregrade}
lab=$grade/tests/lab
[ -d "$lab" ] || lab=@LAB@

mkdir -p "$grade/results"
"$wiregrade" check "$grade/student" --lab "$lab" --lang @LANG@ --no-config --format prairielearn \
    > "$grade/results/new.json"
status=$?
if [ "$status" -le 1 ] || [ -s "$grade/results/new.json" ]; then
    mv "$grade/results/new.json" "$grade/results/results.json"
else
    # A fault of the lab or of the machine: the attempt does not count.
    printf '{"gradable": false, "format_errors": ["The grader failed. Please tell your teacher."]}\n' \
        > "$grade/results/results.json"
fi
exit 0
