#!/usr/bin/env bash
# Gets Chromium for the tests that look at pages, where that can be done without asking; elsewhere says how.
# With --fonts also the fonts that screenshots of Chinese pages need.
set -euo pipefail

fonts=${1:-}

has_browser() {
    command -v chromium || command -v chromium-browser || command -v google-chrome ||
        [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] ||
        [ -x "/Applications/Chromium.app/Contents/MacOS/Chromium" ]
} >/dev/null 2>&1

has_fonts() {
    [ "$fonts" != --fonts ] || [ "$(uname)" = Darwin ] || [ -n "$(fc-list :lang=zh 2>/dev/null)" ]
}

wanted=()
has_browser || wanted+=(chromium)
has_fonts || wanted+=(fonts-noto-cjk)
[ ${#wanted[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    as_root=(false)
fi

if command -v apt-get >/dev/null && [ "${as_root[0]:-}" != false ]; then
    echo "Installing ${wanted[*]} ..."
    log=$(mktemp)
    if ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive sh -c \
        "apt-get update && apt-get install -y --no-install-recommends ${wanted[*]}" >"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -n 3 "$log" >&2
    rm -f "$log"
fi
echo "Tests of pages need Chromium and are skipped without it: sudo apt-get install ${wanted[*]}, or on macOS" \
    "brew install --cask google-chrome." >&2
