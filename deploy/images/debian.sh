# Images made of Debian packages alone, for machines with a container engine that reaches no registry. Sourced; needs root, debootstrap
# and docker. MIRROR and SUITE choose the Debian; unless set they are those of this machine's own apt.

debian_mirror="${MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Identifier: Packages' 'Component: main' 2>/dev/null | head -1)}"
debian_suite="${SUITE:-$(. /etc/os-release && echo "${VERSION_CODENAME:-}")}"

require_debian() {
    [[ -n "$debian_mirror" && -n "$debian_suite" ]] || { echo "$1: set MIRROR and SUITE: this machine has no Debian sources of its own." >&2; exit 1; }
    local tool
    for tool in debootstrap docker; do
        command -v "$tool" >/dev/null || { echo "$1: $tool is needed and not installed." >&2; exit 1; }
    done
}

# unpack_debian FOLDER: a minimal system that starts no service of its own.
unpack_debian() {
    debootstrap --variant=minbase "$debian_suite" "$1" "$debian_mirror" >"$1.log" 2>&1 || { tail -3 "$1.log" >&2; exit 1; }
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
}

in_debian() {
    local system="$1"
    shift
    chroot "$system" env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"
}

# install_debian FOLDER PACKAGE…
install_debian() {
    local system="$1"
    shift
    in_debian "$system" apt-get install -y -q --no-install-recommends "$@" >"$system.log" 2>&1 || { tail -3 "$system.log" >&2; exit 1; }
}

# Without what a container never reads.
slim_debian() {
    in_debian "$1" apt-get clean
    rm -rf "$1"/var/lib/apt/lists/* "$1"/usr/share/{doc,man,info,locale}/* "$1"/var/cache/* "$1"/usr/sbin/policy-rc.d
}
