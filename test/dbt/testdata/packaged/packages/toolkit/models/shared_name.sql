select 'toolkit' as who, {{ shout("'quiet'") }} as said
