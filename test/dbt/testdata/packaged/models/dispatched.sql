select
    {{ toolkit.shout("'a'") }} as shouted,
    {{ toolkit.whisper("'B'") }} as whispered,
    {{ toolkit.bracket("'c'") }} as bracketed,
    '{{ toolkit.which_label() }}' as label,
    {{ dbt.concat(["'x'", "'y'"]) }} as joined,
    '{{ label() }}' as own_label
