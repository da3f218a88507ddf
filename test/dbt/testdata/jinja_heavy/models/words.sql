{% set d = {'b': [1, 2], 'a': {'c': none}} %}
{% set ns = namespace(total=0) %}
{% for i in range(5) if i % 2 %}{% set ns.total = ns.total + i %}{% endfor %}
select
    '{{ tojson(d, sort_keys=true) }}' as as_json,
    '{{ fromjson('{"k": [1, 2.5, null, true]}').k }}' as from_json,
    '{{ fromyaml("a: [1, two]\nb: yes")["a"][1] }}' as from_yaml,
    '{{ toyaml({"z": 1, "a": [1]}, sort_keys=true) | replace("\n", ";") }}' as to_yaml,
    '{{ set([1, 2, 2]) | length }} {{ set_strict([3, 3]) | length }}' as sets,
    '{{ zip([1, 2], ["a", "b"]) | map("join", ":") | join(" ") }} {{ zip_strict([1], [2]) | list }}' as zips,
    '{{ local_md5("tarn") }}' as md5,
    '{{ ns.total }}' as total,
    '{{ factorial(5) }}' as recursion,
    '{% call(up) wrapped("x", 1, 2, k="v", j=3) %}{{ up }}{% endcall %}' as called,
    '{{ var("thresholds").high[1] }} {{ var("not there", "default") }} {{ var.has_var("thresholds") }}' as vars,
    '{{ env_var("TARN_TEST_NOT_SET", "fallback") }}' as env,
    '{{ project_name }} {{ target.name }} {{ target.type }} {{ target.schema }}' as names,
    '{{ flags.FULL_REFRESH }} {{ flags.WHICH }}' as flags,
    '{{ dbt_version.split(".")[0] }}' as dbt_version,
    '{{ invocation_id | length }} {{ run_started_at.strftime("%Y")[:2] }}' as invocation,
    '{{ builtins.ref("payments").identifier }}' as builtin,
    '{{ "%s-%03d" | format("a", 7) }} {{ "%.2f" % 1.005 }} {{ "{:>5}|{:,}".format("r", 12345) }}' as formatted,
    '{{ [3, 1, 2] | sort(reverse=true) | join }} {{ "a,b".split(",")[-1] }} {{ (1, 2) + (3,) }}' as lists,
    '{{ adapter.dispatch("length")("abc") if false else "no" }}' as not_dispatched,
    '{{ return_early() }}' as early,
    '{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 ** 10 }} {{ 1 / 2 }} {{ 10 / 5 }} {{ 1e20 }} {{ 3.0 }}' as numbers,
    '{{ (try_number("12") + 1) }} {{ "5" | as_number + 1 if false else "" }}' as numeric
