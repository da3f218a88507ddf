package connector

import (
	"cmp"
	"slices"
)

// DiscardedColumn is the column of a batch, behind [LineColumn], that tells of
// the values that rows were written without. It is there where
// [Layout].DiscardValues is set.
const DiscardedColumn = "_tarn_discarded"

// DiscardedType is the type of [DiscardedColumn]; NULL means that the row has
// all of its values.
var DiscardedType = ListOf(StructOf(
	Field{"column", Type{Kind: String}},
	Field{"value", Type{Kind: String}},
	Field{"reason", Type{Kind: String}},
))

// discard is a value that a row was written without.
type discard struct {
	row                   int
	column, value, reason string
}

// Discard notes that a row of the batch, whose value in a column was set to
// NULL, had another one there. A row's are noted before it is added.
func (b *Batch) Discard(row int, column string, value []byte, reason string) {
	b.discards = append(b.discards, discard{row, column, string(value), reason})
	b.discarding += len(column) + len(value) + len(reason)
}

// rewindDiscards forgets what was noted of the rows from row on.
func (b *Batch) rewindDiscards(row int) {
	b.discards = slices.DeleteFunc(b.discards, func(d discard) bool { return d.row >= row })
}

// setDiscards fills the column of discards.
func (b *Batch) setDiscards() {
	slices.SortStableFunc(b.discards, func(x, y discard) int { return cmp.Compare(x.row, y.row) })
	next := 0
	elem := b.discarded.Elem()
	for row := range b.rows {
		if next == len(b.discards) || b.discards[next].row != row {
			b.discarded.SetNull(row)
			continue
		}
		for ; next < len(b.discards) && b.discards[next].row == row; next++ {
			d, i := b.discards[next], elem.Extend()
			elem.Child(0).SetText(i, []byte(d.column))
			elem.Child(1).SetText(i, []byte(d.value))
			elem.Child(2).SetText(i, []byte(d.reason))
		}
		b.discarded.SetList(row)
	}
	clear(b.discards) // what they held is free
	b.discards, b.discarding = b.discards[:0], 0
}
