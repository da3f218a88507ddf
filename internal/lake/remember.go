package lake

import "github.com/apache/iceberg-go/table"

// remember keeps the state that was written, so that this process need not read
// it back; others do.
func (b *tableBuild) remember() (*Table, error) {
	t := &Table{lake: b.stage.lake, name: b.stage.row.Name, kind: TableEntry, location: b.location(), meta: b.meta}
	if err := t.convertSchemas(); err != nil {
		return nil, err
	}
	t.iceberg = t.asIceberg()
	tasks := b.only()
	t.files = &knownFiles{looked: tasks != nil, tasks: tasks}
	t.lake.cache.put(t.location, t)
	return t, nil
}

// only returns what planning all of the current snapshot says, where it has one
// file at most and nothing of a snapshot before. nil is that it has to be planned.
func (b *tableBuild) only() []table.FileScanTask {
	if b.inherits || len(b.files) > 1 || b.spec.NumFields() > 0 {
		return nil
	}
	tasks := []table.FileScanTask{}
	for _, df := range b.files {
		sequence := b.meta.CurrentSnapshot().SequenceNumber
		tasks = append(tasks, table.FileScanTask{File: df, Length: df.FileSizeBytes(), DataSequenceNumber: &sequence})
	}
	return tasks
}
