{% set dt = modules.datetime.datetime(2026, 2, 28, 23, 30) %}
{% set later = dt + modules.datetime.timedelta(hours=1, days=1) %}
{% set parsed = modules.datetime.datetime.strptime('2026-03-01', '%Y-%m-%d') %}
{% set zoned = modules.pytz.timezone('Europe/Berlin').localize(dt) %}
select
    '{{ later }}' as later, '{{ later.isoformat() }}' as iso, '{{ later.date() }}' as day, {{ (later - dt).total_seconds() | int }} as seconds,
    '{{ parsed.strftime("%A %d %B %Y %j") }}' as parsed, '{{ dt.weekday() }}' as weekday, '{{ zoned }}' as zoned,
    '{{ zoned.astimezone(modules.pytz.utc) }}' as utc,
    '{{ modules.re.sub("[aeiou]+", "_", "jinja heavy") }}' as replaced,
    '{{ modules.re.match("(\w+)-(\d+)", "item-42").group(2) }}' as grouped,
    '{{ modules.re.findall("\d", "a1b22") | join("|") }}' as found,
    '{{ modules.re.split(",\s*", "a, b,c") | join("|") }}' as split,
    '{{ modules.re.search("z", "abc") is none }}' as no_match,
    '{% for a, b in modules.itertools.product([1, 2], ["x", "y"]) %}{{ a }}{{ b }} {% endfor %}' as product,
    '{{ modules.itertools.chain([1], [2, 3]) | list }}' as chained,
    '{{ modules.datetime.date(2024, 2, 29).replace(year=2028).isoformat() }}' as leap
