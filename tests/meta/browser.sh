#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The page of compare in a real browser, where one is installed: it draws, has nothing to report,
# and does not run over the edge of a phone.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

record=$data/strict-bare-4flows.json
page=$work/page.html
browser=
for name in chromium chromium-browser google-chrome; do
	command -v "$name" >/dev/null && { browser=$name; break; }
done

# browse WIDTH OPTION... PAGE: what the browser says goes to $output.
browse() {
	local width=$1

	shift
	run timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-quic \
		--no-first-run --disable-background-networking --disable-component-update \
		--disable-sync --disable-dev-shm-usage --user-data-dir="$work/profile" \
		--enable-logging=stderr --hide-scrollbars --window-size="$width",1600 "$@"
}

# framed WIDTH: $page in a frame that is so wide, and beside it what a script finds of it.
framed() {
	cat >"$work/frame-$1.html" <<END
<!doctype html><title>frame</title>
<iframe src="page.html" width="$1" height="1600" style="border:0"></iframe>
<script>
onload = () => {
	const d = document.querySelector("iframe").contentDocument;
	const wide = [...d.querySelectorAll("main > *, section > *, figure")]
		.filter(e => e.getBoundingClientRect().right > $1 + 0.5).length;
	document.title = ["found", d.documentElement.scrollWidth <= $1 ? "fits" : "overflows",
		"wide=" + wide, "pictures=" + [...d.querySelectorAll("svg")]
		.filter(e => e.getBoundingClientRect().height > 20).length].join(" ");
};
</script>
END
}

# drawn FILE: a screenshot that is no empty page; an empty one takes some kB.
drawn() {
	local size

	size=$(stat -c %s "$1") || return
	[ "$size" -gt 20000 ] || { echo "$size bytes"; return 1; }
}

echo "TAP version 13"
if [ -z "$browser" ]; then
	echo "1..0 # SKIP no chromium is installed"
	exit 0
fi
mkdir "$work/more"
for side in a b; do
	for flows in 4 8; do
		sed "s/strict-bare-4flows/strict-bare-${flows}flows/; s/\"kernel\": \"6/&$side.<i>/" \
			"$record" >"$work/more/$side$flows.json"
	done
done
"$program" compare "$work"/more/a*.json "$data"/reference/*.json --with "$work"/more/b*.json \
	"$data"/reference/*.json --html "$page" >/dev/null
for width in 390 1200; do
	browse "$width" --screenshot="$work/$width.png" "file://$page"
	point "$width pixels wide" 0
	is "$width pixels wide: something is drawn" drawn "$work/$width.png"
	is "$width pixels wide: the console is empty" same "" "$(grep -F CONSOLE <<<"$output")"
	framed "$width"
	browse 1400 --allow-file-access-from-files --virtual-time-budget=5000 --dump-dom \
		"file://$work/frame-$width.html"
	point "$width pixels wide: nothing runs over its edge" 0 "found fits wide=0 pictures="
	is "$width pixels wide: all pictures have a height" same "$(grep -o '<svg' "$page" | wc -l)" \
		"$(sed -n 's/.*pictures=\([0-9]*\)<.*/\1/p' <<<"$output")"
done
plan
