#!/bin/bash
# How long a whole lab takes, from the command to its end, beside mininet where that is installed (and we are root):
# tests/bench/bench.sh [PROGRAM]. Runs are interleaved, so that a busy machine slows both; the figures are medians of RUNS (5).
set -u
nslab=${1:-build/nslab}
runs=${RUNS:-5}
times=$(mktemp -d)
trap 'rm -rf "$times"' EXIT

# run KEY COMMAND...: note its milliseconds.
run()
{
	local key=$1 begin
	shift
	begin=$(date +%s%N)
	"$@" >"$times/output" 2>&1 </dev/null || { echo "failed: $*" >&2; cat "$times/output" >&2; exit 1; }
	echo $((($(date +%s%N) - begin) / 10000)) >>"$times/$key"
}

# In hundredths of a millisecond.
median()
{
	sort -n "$times/$1" | sed -n "$((runs / 2 + 1))p"
}

ms()
{
	printf '%d.%02d ms' $(($1 / 100)) $(($1 % 100))
}

compare()
{
	local name=$1 wanted=$2 mn=$3 ours theirs
	shift 3
	for ((i = 0; i < runs; i++)); do
		run ours "$nslab" "$@" -c exit
		[ "$mn" = - ] || run theirs $mn
	done
	ours=$(median ours)
	printf '%-34s %12s' "nslab $* -c exit" "$(ms "$ours")"
	if [ "$mn" != - ]; then
		theirs=$(median theirs)
		printf '   %s: %s, ratio %d.%d' "$name" "$(ms "$theirs")" $((theirs / ours)) $((theirs * 10 / ours % 10))
		[ "$wanted" = - ] || printf ' (at least %s wanted)' "$wanted"
		((theirs >= ours * wanted)) || slow=1
	fi
	printf '\n'
	rm -f "$times/ours" "$times/theirs"
}

slow=0
mininet="mn --switch lxbr --controller none --test none"
if [ "$(id -u)" = 0 ] && command -v mn >/dev/null 2>&1; then
	compare mininet 15 "$mininet" minimal
	compare mininet 25 "$mininet --topo single,64" single hosts=64
else
	echo "no comparison: mininet is not installed, or this is not root"
	compare - - - minimal
	compare - - - single hosts=64
fi
compare - - - single hosts=500
compare - - - tree depth=3 fanout=8
exit $slow
