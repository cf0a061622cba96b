# Shared by the scripts in bench/: a server for measuring, and figures that cannot go wrong unnoticed: whatever fails in
# one of these functions, also within "$(…)", makes `finish` fail.
#
# PROFILE=tests builds without link-time optimization; VERSION=15 is the PostgreSQL, by default the newest that the
# system has.

export PROFILE=${PROFILE:-release}
source "$(dirname "${BASH_SOURCE[0]}")/../tools/lib.sh"
RUNS=${RUNS:-3} SHARED_BUFFERS=${SHARED_BUFFERS:-4GB} PGBENCH_SECONDS=${PGBENCH_SECONDS:-5}

# bench_server SETTING…: builds the extension and starts a server with it and a database bench. $dir is a folder of the
# server's.
bench_server() {
    install_packages build-essential pkg-config libclang-dev
    setup_rust
    config=$(postgres_prefix "${VERSION:-$(found_postgres || echo embedded)}")
    build_extension "$config"
    start_server "$config" "shared_preload_libraries = 'dnc'" "shared_buffers = $SHARED_BUFFERS" "jit = off" \
        "work_mem = '256MB'" "maintenance_work_mem = '1GB'" "max_parallel_workers_per_gather = 0" \
        "max_parallel_maintenance_workers = 0" "max_wal_size = 8GB" "autovacuum = off" "$@"
    as_server "$PGBIN/createdb" bench
    dir=$(as_server mktemp -d /tmp/dnc-bench.XXXXXX)
    CLEANUP+=("as_server rm -rf '$dir'")
    broken=$dir/broken
    as_server touch "$broken"
}

# bench_keys KEY…: a file of keys.
bench_keys() {
    local file key
    file=$(as_server mktemp /tmp/dnc-keys.XXXXXX)
    for key in "$@"; do echo "$key $(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')"; done |
        as_server tee "$file" >/dev/null
    echo "$file"
}

machine() {
    printf 'Machine: %s, %s cores, %s. %s, library preloaded' \
        "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
        "$(awk '/MemTotal/ {printf "%d GiB", $2 / 1048576}' /proc/meminfo)" \
        "$(sql -c "SELECT split_part(version(), ' on ', 1)")"
}

failed() { echo "$*" >>"$broken"; return 1; }
sql() { PGOPTIONS='-c client_min_messages=error' psql_ -d bench -At "$@" || failed "sql: $*"; }
quiet() { sql "$@" >/dev/null; }
number_of() { grep -E '^[0-9.]+$' || failed "no figure: $*"; } # what passes is a number

# The middle one of the numbers on standard input.
middle() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}' | number_of middle; }
# once QUERY [SETTING]: its execution time in ms, in a fresh connection.
once() {
    sql ${2:+-c "$2"} -c "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY ON, COSTS OFF) $1" |
        sed -n 's/^Execution Time: \(.*\) ms/\1/p' | number_of "$1"
}
# timed SQL…: what psql's timing says of the last statement, in ms, in a fresh connection.
timed() {
    printf '%s\n' '\timing on' "$@" | sql | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | tail -n 1 | number_of "$@"
}
# median SQL…: of RUNS, after one that does not count.
median() { local i; for ((i = 0; i <= RUNS; i++)); do timed "$@"; done | tail -n +2 | middle; }
# pgbench_tps OPTION…: transactions a second.
pgbench_tps() {
    as_server "$PGBIN/pgbench" -n -M prepared "$@" bench 2>"$BUILD/bench.err" | sed -n 's/^tps = \([0-9.]*\).*/\1/p' |
        number_of "pgbench $*"
}
# tps FILE: of one client, prepared.
tps() { pgbench_tps -T "$PGBENCH_SECONDS" -f "$1"; }
# calc FORMAT EXPRESSIONS: awk's printf.
calc() { awk "BEGIN { printf \"$1\", $2 }" || failed "calc: $*"; }
row() { printf '| %s | %s |\n' "$1" "$2"; }

# finish: fails if a figure is missing.
finish() {
    [ ! -s "$broken" ] || { cat "$broken" >&2; die "not everything could be measured"; }
}
