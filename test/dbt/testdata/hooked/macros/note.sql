{% macro note(what, who) %}
insert into {{ target.schema }}.journal values ('{{ what }}', '{{ who }}')
{% endmacro %}

{% macro clear_journal(keep='start') %}
    {% do run_query("delete from " ~ target.schema ~ ".journal where what <> '" ~ keep ~ "'") %}
    {{ log('cleared', info=true) }}
{% endmacro %}

{% macro mend_total(relation) %}
update {{ relation }} set n = n + 1 where n = 1
{% endmacro %}
