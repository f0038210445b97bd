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
    local npm=(npm) own
    (cd "$web_tools" && "${npm[@]}" ci --ignore-scripts --no-audit --no-fund --loglevel=error) || return
    # npm leaves out what is not for the Node that runs it, and Debian's is older than some tools want: the pinned one installs again.
    if (($(node --version | sed 's/^v\([0-9]*\).*/\1/') < 20)); then
        own=$(mktemp -d)
        cp "$(web_node)" "$own/node"
        npm=("$own/node" "$(readlink -f "$(command -v npm)")")
        (cd "$web_tools" && "${npm[@]}" ci --ignore-scripts --no-audit --no-fund --loglevel=error) || return
        rm -r "$own"
    fi
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

# Checks the scripts of the page and of the test side: what their types say, the linter, and the unit specs of tests/web. What is wrong goes to
# standard output; the counts to the file $results/web.counts, where each check is one and each unit spec is one.
check_web() {
    local node passed=0 failed=0 name
    install_web_tools || return
    node=$(web_node)
    for name in web_types web_lint; do
        if "$name" "$node"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    done

    local said
    said=$("$node" --test --test-reporter=tap "$root/tests/web/**/*.spec.js" 2>&1) || grep -vE '^ *(ok|#|\.\.\.|---|1\.\.|duration_ms|type:)' <<<"$said" || true
    passed=$((passed + $(web_count pass)))
    failed=$((failed + $(web_count fail)))
    printf '%d %d\n' "$passed" "$failed" >"$results/web.counts"
    ((failed == 0))
}

web_count() { sed -n "s/^# $1 \([0-9]*\)$/\1/p" <<<"$said" | tail -n 1 | grep . || echo 1; }

web_types() { "$1" "$web_tools/node_modules/typescript/bin/tsc" --project "$web_tools/tsconfig.json" --pretty false; }

web_lint() {
    "$1" "$web_tools/node_modules/oxlint/bin/oxlint" --config "$web_tools/oxlint.json" --ignore-pattern '**/vendor/**' --ignore-pattern '**/Vendor/**' \
        "$root/src/Recorder.Node/wwwroot" "$web_tools" "$root/tests"
}
