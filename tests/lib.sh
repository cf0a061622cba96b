# Helpers of the tests in tests/scripts; tests/run sources it before each of them, under `set -euo pipefail`.
#
# What these are for: a bare `! command` never ends a script, whatever the command does, and `[ -z "$(command)" ]` is as
# true where the command failed as where it printed nothing. A script that uses `fails` and `gives` ends in both cases.

# is EXPECTED ACTUAL
is() {
    [ "$1" != "$2" ] || return 0
    local i
    for ((i = 1; i < ${#BASH_SOURCE[@]} - 1; i++)); do [[ ${BASH_SOURCE[i]} != */scripts/* ]] || break; done
    printf '%s, line %s: expected\n%s\nbut got\n%s\n' "${BASH_SOURCE[i]##*/}" "${BASH_LINENO[i - 1]:-?}" "$1" "$2" >&2
    return 1
}

# gives EXPECTED COMMAND…: the command succeeds and prints that.
gives() {
    local expected=$1 out status=0
    shift
    out=$("$@") || status=$?
    [ "$status" = 0 ] || { printf 'status %s of: %s\n%s\n' "$status" "$*" "$out" >&2; return 1; }
    is "$expected" "$out" || { echo "of: $*" >&2; return 1; }
}

# fails WORDS COMMAND…: the command fails, and what it prints has these words ('' for any).
fails() {
    local words=$1 out status=0
    shift
    out=$("$@" 2>&1) || status=$?
    [ "$status" != 0 ] || { printf 'did not fail: %s\n%s\n' "$*" "$out" >&2; return 1; }
    grep -qF -e "$words" <<<"$out" ||
        { printf 'failed without "%s" (status %s): %s\n%s\n' "$words" "$status" "$*" "$out" >&2; return 1; }
}

# until_true TRIES COMMAND…: tries it ten times a second until it succeeds.
until_true() {
    local tries=$1 i
    shift
    for ((i = 0; i < tries; i++)); do
        if "$@"; then return; fi
        sleep 0.1
    done
    printf 'not so after %s tries: %s\n' "$tries" "$*" >&2
    return 1
}

# with_db NAME [OPTION…]: a database, made now (by createdb, with these options) and dropped when the script ends.
with_db() {
    as_server "$PGBIN/createdb" "${@:2}" "$1"
    CLEANUP+=("as_server '$PGBIN/dropdb' --if-exists --force '$1'")
}

# key_file NAME KEY…: makes a file of keys that only the server's user can read, and prints its path. A key is one of
# those below, or NAME=HEX.
key_file() {
    local file=$PGHOST/$1.keys key hex
    shift
    for key in "$@"; do
        case $key in
            *=*) hex=${key#*=} key=${key%%=*} ;;
            seal) hex=$(printf '11%.0s' {1..32}) ;;
            state) hex=$(printf '22%.0s' {1..32}) ;;
            pseudonym | token) hex=000102030405060708090a0b0c0d0e0f ;;
            pseudonym-2) hex=100102030405060708090a0b0c0d0e0f ;;
            *) die "there is no test key $key" ;;
        esac
        echo "$key $hex"
    done | as_server tee "$file" >/dev/null
    as_server chmod 600 "$file"
    echo "$file"
}
