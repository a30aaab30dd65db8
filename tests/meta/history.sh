#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The verb history, as a user meets it: what it tells, what it refuses, and that a kill leaves no
# half of a batch. No machine is started. It also says how long many records take: 2,000, or
# $HISTORY_RECORDS.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

record=$data/strict-bare-4flows.json
real=$data/strict-bare-4flows-real.json
many=${HISTORY_RECORDS:-2000}
series=$((many < 10000 ? many / 100 : 100))
export IOMMU_PERF_HISTORY=$work/history.db
db=$IOMMU_PERF_HISTORY

history() {
	"$program" history "$@"
}

# refused NAME WANTED... -- ARGUMENT...: one line, exit code 2, and the file as it was.
refused() {
	local name=$1 before wanted=()

	shift
	while [ "$1" != -- ]; do
		wanted+=("$1")
		shift
	done
	shift
	before=$(files)
	run history "$@"
	one_line "$name" 2 "${wanted[@]}"
	is "$name: no file changed" same "$before" "$(files)"
}

files() {
	find "$work" -type f -exec cksum {} + | sort -k 3
}

# The records that list counts, valid or not, of the history $1.
count() {
	history list --db "$1" | awk 'NR > 1 { sum += $4 + $5 } END { print sum + 0 }'
}

missing() {
	refused "no history yet" "there is no history in $db yet" "history add RECORD" -- \
		show strict-bare-4flows
	refused "no history to scan" "there is no history in $db yet" -- scan
	refused "no record to add" "which records" -- add
	refused "a record that is not there" "cannot open $work/nothing.json" -- \
		add "$record" "$work/nothing.json"
	head -c 3000 "$record" >"$work/cut.json"
	refused "a truncated record after a good one" "$work/cut.json: line" -- \
		add "$record" "$work/cut.json"
	refused "a time that is none" "--at 'soon' must be a date" "2026-11-26T08:16:05" -- \
		add --at soon "$record"
	refused "a folder" "$work is no file" -- add --db "$work" "$record"
}

first_records() {
	run history add --at 2026-11-01 "$record" "$real"
	point "add" 0 "$db: 2 records added"
	run history add --at 2026-11-02 "$record"
	point "the same record again" 0 "$record: is there already, as $record" \
		"0 records added, 1 there already"
	change "$record" '"missed": 0' '"missed": 7' "$work/lost.json"
	run history add --at 2026-11-03 "$work/lost.json"
	point "an invalid record" 3 "$work/lost.json: is in no series: lost" "1 record added" \
		"1 invalid"
	cp "$data/strict-bare-4flows-slower.json" "$work/slower.json"
	touch -d 2026-11-04T12:00:00Z "$work/slower.json"
	run history add "$work/slower.json"
	point "the time of a file" 0
	run history list
	point "list" 0 "emulated-real" "2026-11-01T00:00:00Z 2026-11-04T12:00:00Z"
	run history list --since 2026-11-04 --scenario strict-bare-4flows
	point "list since" 0 "2026-11-04T12:00:00Z 2026-11-04T12:00:00Z"
	is "it has not what was before" test "${output/emulated-real/}" = "$output"
	run history show strict-bare-4flows
	point "a series that is too short" 0 "2 records, it takes 12" "1 more record is not in it"
	run history scan
	point "scan of short series" 0 "0 changes in 2 series of 3 records" "2 of the series are"
}

bad_input() {
	refused "an unknown scenario" "'frobnicate' is no scenario" -- show frobnicate
	refused "a scenario without records" "has no record of lazy-bare-4flows" "history list" -- \
		show lazy-bare-4flows
	refused "an unknown metric" "'speed' is no metric" -- show strict-bare-4flows --metric speed
	refused "a metric that no record has" "has the metric iotlb.mean_ns" -- \
		show strict-bare-4flows --metric iotlb.mean_ns
	refused "an unknown verb" "'frobnicate' must be add" -- frobnicate
	refused "an option of another verb" "history list has no such option" -- list --json
	refused "a date that is none" "--since '2026-02-30' must be" -- scan --since 2026-02-30
	cp "$record" "$work/text.db"
	refused "no database" "$work/text.db is no database of SQLite" -- scan --db "$work/text.db"
	refused "no database to add to" "is no database of SQLite" -- \
		add --db "$work/text.db" "$record"
	# user_version is the number at byte 60 of a database.
	cp "$db" "$work/newer.db"
	printf '\0\0\0\143' | dd of="$work/newer.db" bs=1 seek=60 conv=notrunc status=none
	refused "a newer history" "is of version 99" "use a newer one" -- scan --db "$work/newer.db"
	refused "a newer history to add to" "is of version 99" -- \
		add --db "$work/newer.db" "$work/slower.json"
	head -c 9000 "$db" >"$work/short.db"
	refused "a damaged history" "$work/short.db" -- scan --db "$work/short.db"
}

# What CI does over the years: all scenarios again and again, a call for each lot.
add_many() {
	find "$work/many" -name '*.json' -printf '%f %p\n' | sort | cut -d ' ' -f 2 |
		xargs -n 1000 "$program" history add --db "$work/many.db" >"$work/added"
}

time_add_many() {
	local wall cpu TIMEFORMAT='%R %U'

	read -r wall cpu < <({ time add_many; } 2>&1)
	echo "# $many records added: $wall s, $cpu s of CPU," \
		"$(awk -v n="$many" -v s="$wall" 'BEGIN { printf "%d", n / s }') a second;" \
		"$(($(stat -c %s "$work/many.db") / 1000)) kB"
}

# timed WHAT ARGUMENT...: run a verb of the history of many records.
timed() {
	local TIMEFORMAT="# $1: %R s, %U s of CPU"

	{ time run history "${@:2}" --db "$work/many.db"; } 2>&1
}

many_records() {
	"$build/history_records" "$work/many" "$many" "$series" || exit 1
	time_add_many
	is "many records" same "$((many / 1000)) 1000 records added" \
		"$(sed 's/.*: //' "$work/added" | sort | uniq -c | sed 's/^ *//')"
	timed "list" list
	point "list of many" 0 " $series " " $many "
	timed "the history of one metric in $series series" show strict-bare-4flows \
		--metric iommu_map.mean_ns
	is "each series has its change" test "$(grep -c '___|^^^.* 1$' <<<"$output")" -eq "$series"
	timed "scan" scan
	point "scan of many" 0 "iommu_map.mean_ns" "% worse 0.001" \
		"6.12.104+deb13-amd64 -> 6.12.105+deb13-amd64" \
		"$((2 * series)) changes in $series series of $many records"
	timed "scan since" scan --since 2038-01-01 --json
	point "nothing changed since" 0 "\"series\": $series, \"too_short\": 0" '"changes": ['
	is "it names no change" test "${output/iommu_map/}" = "$output"
}

# kill_add: 0 where an add was killed while it wrote, with nothing of its batch in the history.
kill_add() {
	local pid before=$1

	cp "$db" "$work/killed.db"
	"$program" history add --db "$work/killed.db" "${batch[@]}" >/dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		[ "$(stat -c %s "$work/killed.db-wal" 2>/dev/null || echo 0)" -lt 300000 ] || break
	done
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	[ "$(count "$work/killed.db")" -eq "$before" ]
}

killed() {
	local before tries=10

	before=$(count "$db")
	mapfile -t batch < <(find "$work/many" -name '*.json' | head -n 2000)
	until kill_add "$before"; do
		[ "$((tries -= 1))" -gt 0 ] || break
		rm "$work"/killed.db*
	done
	is "killed while it wrote: nothing of the batch is there" test "$tries" -gt 0
	run history show strict-bare-4flows --db "$work/killed.db"
	point "what was there can be read" 0 "2 records, it takes 12"
	run history add --db "$work/killed.db" "${batch[@]}"
	point "the batch can be added again" 0 "${#batch[@]} records added"
	if command -v sqlite3 >/dev/null; then
		is "the file is whole" same ok \
			"$(sqlite3 "$work/killed.db" 'PRAGMA integrity_check')"
	else
		skip "the file is whole" "sqlite3 is not installed"
	fi
}

# Several programs add at once, to a history that none has made yet.
at_once() {
	local i pids=() bad=0

	for i in 1 2 3 4; do
		"$program" history add --db "$work/shared.db" "${batch[@]:i * 100:100}" >/dev/null &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || bad=$?
	done
	is "four at once" test "$bad" -eq 0
	is "all is there" test "$(count "$work/shared.db")" -eq 400
}

echo "TAP version 13"
run history --help
point "help" 0 "Usage: iommu-perf history"
missing
first_records
bad_input
many_records
killed
at_once
plan
