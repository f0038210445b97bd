# Shared by the scripts that need the tools of eng/web: installs them, and finds its Node. Sourced after common.sh, never run.
# shellcheck shell=bash

web_tools=$root/eng/web

# Installs what eng/web/package-lock.json pins, once for each lock file. Debian's npm fetches it; the Node of the lock file runs it.
install_web_tools() {
    local made=$web_tools/node_modules/.made lock
    lock=$(sha256sum "$web_tools/package-lock.json" | cut -d ' ' -f 1)
    [[ $(cat "$made" 2>/dev/null || true) != "$lock" ]] || return 0
    # npm is a package of its own on Debian, and a part of nodejs elsewhere.
    local missing=()
    command -v npm >/dev/null 2>&1 || missing=(nodejs npm)
    install_packages "${missing[@]}"
    (cd "$web_tools" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || return
    printf '%s\n' "$lock" >"$made"
}

# Prints the path of the pinned Node.
web_node() {
    local machine
    case $(uname -m) in
    aarch64) machine=arm64 ;;
    *) machine=x64 ;;
    esac
    printf '%s\n' "$web_tools/node_modules/node-linux-$machine/bin/node"
}
