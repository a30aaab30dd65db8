#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run one test program for prove: kselftest's exit code 4 (skip) is no failure, the program ends
# when prove does, and its output is also left in $TAP_LOGS/NAME.tap where that folder is named.
#
# usage: tap.sh PROGRAM [ARG...]
case $1 in
*/*) ;;
*) program=$1; shift; set -- "./$program" "$@" ;;	# PATH lacks the folder prove runs in
esac
if [ -n "${TAP_LOGS-}" ]; then
	log=$TAP_LOGS/${1##*/}.tap
	setpriv --pdeathsig TERM "$@" >"$log"
	code=$?
	cat "$log"
else
	setpriv --pdeathsig TERM "$@"
	code=$?
fi
[ "$code" -ne 4 ] || exit 0
exit "$code"
