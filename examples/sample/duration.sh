#!/bin/sh
# Writes a number of seconds the way people say it: duration.sh 3661 -> 1h 1m 1s
set -eu

seconds=${1:?usage: duration.sh SECONDS}

hours=$((seconds / 3600))
minutes=$((seconds / 60))
rest=$((seconds % 60))

out=
if [ "$hours" -gt 0 ]; then out="${hours}h "; fi
if [ "$minutes" -gt 0 ]; then out="${out}${minutes}m "; fi
if [ "$rest" -gt 0 ] || [ -z "$out" ]; then out="${out}${rest}s"; fi

printf '%s\n' "${out% }"
