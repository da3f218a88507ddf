#!/usr/bin/env bash
# The story of the shop, as a person would type it. Runs in a folder of its own
# (dist/demo/shop, made anew each time) and needs nothing but the binary.
set -euo pipefail
cd "$(dirname "$0")/.."
tarn="$PWD/bin/tarn"
folder="dist/demo/shop"

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold="" dim="" plain=""; fi
say() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; shift; for line in "$@"; do printf '%s%s%s\n' "$dim" "$line" "$plain"; done; }
# Shows a command as one would type it: what has spaces in quotes.
type() {
  local line="" word
  for word in "${@/#$tarn/tarn}"; do
    case "$word" in *\ *) word="\"$word\"" ;; esac
    line="$line $word"
  done
  printf '\n$%s\n' "$line"
}
do_() { type "$@"; "$@"; }
# A command that is expected to end with exit code 1: something is held.
held() { type "$@"; local code=0; "$@" || code=$?; [ "$code" -eq 1 ] || { echo "expected exit code 1, got $code" >&2; exit 1; }; }

rm -rf "$folder"
mkdir -p "$(dirname "$folder")"

say "A shop's year, from CSV files to tested tables" \
    "541,909 invoice lines of a real UK web shop, one file per trading day."
do_ "$tarn" init "$folder" --example shop
cd "$folder"

say "1. Load everything through 2011-12-08, build, test, publish" \
    "304 files become a raw table; every record is accounted for."
do_ "$tarn" build
do_ "$tarn" query "select sales_date, gross_sales, gross_sales_7_day_mean from daily_sales order by sales_date desc limit 3"

say "2. The last day arrives"  \
    "Its sales are more than three times the week before. A test does not let that pass."
do_ cp arrives_later/2011-12-09.csv.gz data/online_retail/
held "$tarn" build
say "Readers still see the day before. Why?"
do_ "$tarn" query "select max(sales_date) as newest_day, sum(gross_sales) as gross_sales from daily_sales"
do_ "$tarn" why daily_sales

say "3. The fix" \
    "The order was cancelled twelve minutes later. A shipped model matches cancellations to" \
    "their orders; a variable switches it on, and all tables are published together."
do_ "$tarn" build --publish run --vars 'match_cancellations: true'
do_ "$tarn" query "select sales_date, gross_sales, gross_sales_7_day_mean from daily_sales order by sales_date desc limit 3"
do_ "$tarn" query "select table_name, files, read, written, quarantined, skipped from system.loads order by started_at"
if python3 -c 'import pyiceberg.catalog.sql, pyarrow' 2>/dev/null; then
  say "PyIceberg opens the same catalog and reads the same figure"
  do_ python3 -c "
from pyiceberg.catalog.sql import SqlCatalog
lake = SqlCatalog('tarn', uri='sqlite:///$PWD/.tarn/catalog.db', warehouse='file://$PWD/.tarn/warehouse')
days = lake.load_table('main.daily_sales').scan(row_filter=\"sales_date = '2011-12-09'\").to_arrow()
print(days.select(['sales_date', 'gross_sales']).to_pylist())"
fi

say "4. The page"
do_ "$tarn" report
printf '\nIt is all in %s%s%s: look around with tarn tables, tarn history, tarn runs.\n' "$bold" "$folder" "$plain"
