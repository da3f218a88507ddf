select cast('soon' as date) as day
