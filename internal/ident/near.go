package ident

import "slices"

// Near returns the known names that wanted was most likely meant to be, best
// first, three at most; none where nothing is close.
func Near(wanted string, known []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	w := Fold(wanted)
	limit := max(1, len(w)/3)
	var found []candidate
	for _, k := range known {
		if d := distance(w, Fold(k)); d <= limit {
			found = append(found, candidate{k, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	var names []string
	for _, c := range found {
		if len(names) == 3 {
			break
		}
		if !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	return names
}

// distance is the optimal string alignment distance (Damerau-Levenshtein
// without repeated edits), in bytes.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
