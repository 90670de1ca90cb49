package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/tokenomics-go/tokenomics/integration/month"
)

// BenchmarkBareRows is what the store's rate is to be seen beside: the same
// number of columns, of the same kind, in rows of a table without an index, a
// thousand a transaction with full sync. Nobody asks whether a key is known, and
// there is neither a feed nor a sum.
func BenchmarkBareRows(b *testing.B) {
	db := openDB(b, filepath.Join(b.TempDir(), "bare.db"), "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if _, err := db.Exec("CREATE TABLE bare (seq INTEGER PRIMARY KEY, source, id, subject, at_ns, void, provider, model, session, workflow, team, tokens, micro, pico, body)"); err != nil {
		b.Fatal(err)
	}
	const size = 1000
	batch, body, seq := month.New(size, 1000).Deal(size), make([]byte, 20), 0
	for b.Loop() {
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		insert, err := tx.Prepare("INSERT INTO bare VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
		if err != nil {
			b.Fatal(err)
		}
		for i := range batch {
			e := &batch[i]
			seq++
			micro, pico := e.Cost.Columns()
			if _, err := insert.Exec(seq, e.Source, e.ID, e.Subject, e.At.UnixNano(), 0, e.Provider, e.Model, e.Session, e.Workflow, e.Team, e.Usage.Tokens(), micro, pico, body); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/size, "ns/event")
}
