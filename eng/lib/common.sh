# Shared by the scripts at the root: what must be installed, and how one builds. Sourced, never run.
# shellcheck shell=bash

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# What FFmpeg 5.1 is called on Debian 12, and the file that shows that a library is there.
runtime_libraries=(libavformat:59 libavcodec:59 libavutil:57 libavdevice:59 libswscale:6 libswresample:4)

# What the specs need beside it: the reference tools, the compilers that check the bindings, an encoder of linear time code, and the RTSP simulator.
test_packages=(
    ffmpeg mediainfo chromium
    iproute2 libfaketime clang-14 gcc libc6-dev
    libavformat-dev libavcodec-dev libavutil-dev libavdevice-dev libswscale-dev libswresample-dev
    libltc11
    python3 python3-gi gir1.2-gst-rtsp-server-1.0
    vlc-bin vlc-plugin-base
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav
)

die() {
    printf '%s: %s\n' "$program" "$1" >&2
    exit "${2:-1}"
}

# Stops with one sentence unless a .NET SDK is there that global.json accepts.
require_sdk() {
    command -v dotnet >/dev/null 2>&1 ||
        die "the .NET SDK 10 is not installed (no 'dotnet' on the PATH); see https://dotnet.microsoft.com/download/dotnet/10.0"
}

# As require_sdk, but asks the SDK itself; slower, so only before a build.
require_sdk_version() {
    local said
    said=$(cd "$root" && dotnet --version 2>&1) ||
        die "this needs the .NET SDK 10, and 'dotnet' has no version that fits global.json; see https://dotnet.microsoft.com/download/dotnet/10.0"
    [[ $said == 1[0-9].* ]] || die "this needs the .NET SDK 10; 'dotnet --version' says ${said%%$'\n'*}"
}

# Prints the packages of FFmpeg's shared libraries that the loader does not find.
missing_libraries() {
    local known entry name version
    known=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null || true)
    for entry in "${runtime_libraries[@]}"; do
        name=${entry%:*} version=${entry#*:}
        [[ $known == *"$name.so.$version "* ]] || printf '%s\n' "$name$version"
    done
}

# Prints those of the packages given that are not installed.
missing_packages() {
    local installed package
    # shellcheck disable=SC2016 # the format is dpkg's
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        [[ $'\n'$installed$'\n' == *$'\n'"installed $package"$'\n'* ]] || printf '%s\n' "$package"
    done
}

# Installs the packages given when root, else says which command does. Nothing to do without arguments.
install_packages() {
    (($#)) || return 0
    command -v apt-get >/dev/null 2>&1 ||
        die "missing: $* (the names of Debian 12's packages); install them with this system's package manager"
    if ((EUID != 0)); then
        printf '%s: packages are missing; install them with:\n' "$program" >&2
        printf 'sudo apt-get install --no-install-recommends -y %s\n' "$*" >&2
        exit 1
    fi

    printf '%s: installing %s\n' "$program" "$*" >&2
    local log
    log=$(mktemp)
    # A list of packages that is days old names files that the mirror no longer has.
    if ! { DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends -y "$@"; } >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        die "apt-get could not install $*; its last lines are above"
    fi

    rm -f "$log"
}

# Prints one word that changes whenever anything that is built into the program changes: paths, sizes and times, not contents.
fingerprint() {
    (cd "$root" && find src Directory.*.props Directory.*.targets global.json BannedSymbols.txt eng/lib recorder \
        \( -name bin -o -name obj \) -prune -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort | md5sum | cut -c 1-32)
}
