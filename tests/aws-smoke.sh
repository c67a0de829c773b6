#!/usr/bin/env bash
# Asks a deployed stack what only AWS can answer: what the gateway itself does with odd requests.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: tests/aws-smoke.sh BASE_URL API_KEY

Checks the /v1 API of a deployed stack. It deploys nothing and keeps nothing: every request that it sends is refused
or only reads. It does send up to 2,000 requests to GET /health, until the gateway throttles.

  BASE_URL   the stack's output ApiUrl, such as https://abc123.execute-api.eu-central-1.amazonaws.com
  API_KEY    a key that may read and write records, such as the one that the function tenants.create answers with

Prints PASS or FAIL, what was expected and what was found, a line for each check; exits with 1 if any failed.
Needs curl 7.68 or newer.
TEXT
}

case "${1:-}" in
-h | --help)
    usage
    exit 0
    ;;
esac
if [ $# -ne 2 ]; then
    usage >&2
    exit 2
fi
case $1 in
https://*) base=${1%/} ;;
*)
    echo "expected a BASE_URL that starts with https://, found $1" >&2
    exit 2
    ;;
esac

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
# A file, so that the key is in no list of processes.
(umask 077 && printf 'Authorization: Bearer %s\n' "$2" >"$tmp/key")

# check NAME EXPECTED FOUND
check() {
    local verdict=PASS
    if [ "$2" != "$3" ]; then
        verdict=FAIL
        failed=$((failed + 1))
    fi
    printf '%s  %s: expected %s, found %s\n' "$verdict" "$1" "$2" "${3:-nothing}"
}

# ask METHOD URL [curl options]: leaves $status, $body and the headers.
ask() {
    local method=$1 url=$2
    shift 2
    : >"$tmp/headers"
    : >"$tmp/body"
    # What curl thinks of the connection is not the question: the gateway closes it on a body that is too large.
    status=$(curl --silent --max-time 60 --path-as-is --globoff --request "$method" --dump-header "$tmp/headers" \
        --output "$tmp/body" --write-out '%{http_code}' "$@" "$url") || true
    body=$(head -c 10000 "$tmp/body" | tr -d '\0')
}

# header NAME: its value in the last answer.
header() {
    tr -d '\r' <"$tmp/headers" | awk -v name="$1:" 'tolower($1) == name { sub(/^[^:]*: */, ""); print }' | tail -n 1
}

# has TEXT: the text, if the last answer's body contains it, else the start of the body.
has() {
    case $body in
    *"$1"*) printf '%s' "$1" ;;
    *) printf '%s' "${body:0:200}" ;;
    esac
}

# is_identified: whether the last answer says its request's id.
is_identified() {
    if [ -n "$(header x-request-id)" ]; then echo yes; else echo no; fi
}

with_key=(--header "@$tmp/key")

ask GET "$base/health"
check 'GET /health: status' 200 "$status"
check 'GET /health: has an x-request-id' yes "$(is_identified)"

ask GET "$base/v1/me"
check 'no credentials: status' 401 "$status"
check 'no credentials: www-authenticate' Bearer "$(header www-authenticate)"
check 'no credentials: has an x-request-id' yes "$(is_identified)"

ask GET "$base/v1/me" "${with_key[@]}"
check 'the API key: status' 200 "$status"

# A slash at the end makes another path, which no route has.
for path in '/v1/learning-records/?person_id=a' /health/; do
    ask GET "$base$path" "${with_key[@]}"
    check "GET $path: status" 404 "$status"
    check "GET $path: content-type" application/problem+json "$(header content-type)"
    check "GET $path: has an x-request-id" yes "$(is_identified)"
done

# An encoded slash stays within a path parameter; then the id is as unknown as a missing one, byte for byte.
ask GET "$base/v1/learning-records/lrn_00000000000000000000000000" "${with_key[@]}"
check 'a missing id: status' 404 "$status"
check 'a missing id: content-type' application/problem+json "$(header content-type)"
id=$(header x-request-id)
missing=${body//"${id:-?}"/ID}
ask GET "$base/v1/learning-records/by%2Fslash" "${with_key[@]}"
check 'an id with %2F: status' 404 "$status"
check 'an id with %2F: content-type' application/problem+json "$(header content-type)"
id=$(header x-request-id)
check 'an id with %2F: body, without the request id' "$missing" "${body//"${id:-?}"/ID}"

# Lambda takes events of 6 MB, the gateway requests of 10 MB.
for megabytes in 7 11; do
    {
        printf '{"person_id":"smoke","title":"'
        head -c $((megabytes * 1024 * 1024)) /dev/zero | tr '\0' a
        printf '"}'
    } >"$tmp/large"
    ask POST "$base/v1/learning-records" "${with_key[@]}" --header 'content-type: application/json' \
        --header 'expect:' --data-binary "@$tmp/large"
    check "a body of $megabytes MB: status" 413 "$status"
    check "a body of $megabytes MB: body" '{"message":"Request Entity Too Large"}' "$body"
done

# The gateway joins equal keys with commas in its map, and keeps them apart in the raw query string.
ask GET "$base/v1/learning-records?person_id=a&person_id=b" "${with_key[@]}"
check 'two equal query keys: status' 400 "$status"
check 'two equal query keys: content-type' application/problem+json "$(header content-type)"
check 'two equal query keys: names' '"parameter":"person_id"' "$(has '"parameter":"person_id"')"

ask PUT "$base/health"
check 'PUT /health: status' 405 "$status"
check 'PUT /health: allow' GET "$(header allow)"
check 'PUT /health: content-type' application/problem+json "$(header content-type)"

ask GET "http://${base#https://}/health" --max-time 10
case $status in
000 | 301 | 302 | 307 | 308 | 403 | 426) found=refused ;;
*) found=$status ;;
esac
check 'http:// instead of https://' refused "$found"

# Last, because it uses up what the public routes accept.
throttled=none
for _ in 1 2 3 4 5 6 7 8 9 10; do
    curl --silent --no-progress-meter --max-time 20 --parallel --parallel-immediate --parallel-max 200 \
        --output "$tmp/burst-#1" --write-out '%{http_code} %{filename_effective}\n' "$base/health?n=[1-200]" \
        >"$tmp/burst" 2>/dev/null || true
    file=$(awk '$1 == 429 { print $2; exit }' "$tmp/burst")
    if [ -n "$file" ]; then
        throttled=$(head -c 200 "$file")
        break
    fi
done
check 'a burst of GET /health: body of the first 429' '{"message":"Too Many Requests"}' "$throttled"

if [ "$failed" -gt 0 ]; then
    echo "$failed checks failed"
    exit 1
fi
echo 'all checks passed'
