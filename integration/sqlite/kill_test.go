package sqlite

import (
	"bufio"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/tokenomics-go/tokenomics/store"
	"github.com/tokenomics-go/tokenomics/store/sqlstore"
)

var kills = flag.Int("kills", 5, "how often TestKill kills its writer")

const (
	killedEnv   = "TOKENOMICS_KILLED_WRITER" // names the file the child writes to
	perBatch    = 64
	revisedFrom = 8 // the last entries of a batch are revisions of earlier keys
)

// batchOf returns the n-th batch: new keys, and a revision of some keys of the
// batch before.
func batchOf(n int) (batch []store.Entry) {
	for i := range perBatch {
		batch = append(batch, entry(fmt.Sprintf("id%d-%d", n, i), 1))
	}
	for i := range revisedFrom {
		if n > 0 {
			e := entry(fmt.Sprintf("id%d-%d", n-1, i), 100)
			e.Revision = 1
			batch = append(batch, e)
		}
	}
	return batch
}

// TestMain is also the child: it puts batch after batch and writes the number of
// each to its standard output once it is acknowledged, until it is killed.
func TestMain(m *testing.M) {
	path := os.Getenv(killedEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	if err := writeUntilKilled(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func writeUntilKilled(path string) error {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(20000)")
	if err != nil {
		return err
	}
	s, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
	if err != nil {
		return err
	}
	first, err := strconv.Atoi(os.Args[len(os.Args)-1])
	if err != nil {
		return err
	}
	for n := first; ; n++ {
		if _, err := s.Put(ctx, batchOf(n)); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// TestKill kills a writer with kill -9, again and again, each time at another
// moment: nothing acknowledged is lost, nothing is there twice, no batch in
// part. The batch that was under way may be there or not; it is put again, as
// a host would.
func TestKill(t *testing.T) {
	s, path := fresh(t)
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	next, unknown := 0, 0
	for kill := range *kills {
		acked := runAndKill(t, path, next, time.Duration(30+r.IntN(120))*time.Millisecond)
		if acked >= next {
			next = acked + 1
		}
		keys := map[store.Key]int64{}
		for e, err := range s.Scan(ctx, store.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			if _, twice := keys[e.Key()]; twice {
				t.Fatalf("kill %d: %v is there twice", kill, e.Key())
			}
			keys[e.Key()] = e.Usage.Input
		}
		held := len(keys) / perBatch
		if len(keys)%perBatch != 0 || held < next || held > next+1 {
			t.Fatalf("seed %d, kill %d: %d batches were acknowledged, %d entries are there", seed, kill, next, len(keys))
		}
		unknown += held - next
		want := map[store.Key]int64{}
		for n := range held {
			for _, e := range batchOf(n) {
				want[e.Key()] = e.Usage.Input
			}
		}
		for k, input := range want {
			if keys[k] != input {
				t.Fatalf("seed %d, kill %d: %v counts %d, want %d", seed, kill, k, keys[k], input)
			}
		}
		if _, err := s.Put(ctx, batchOf(next)); err != nil { // the host tries again
			t.Fatal(err)
		}
		next++
	}
	t.Logf("%d kills, %d batches acknowledged, %d kept though not acknowledged", *kills, next, unknown)
}

// runAndKill runs the child from a batch on, lets it write for some time after
// its first acknowledgement, kills it and returns the last number it
// acknowledged, or the one before the first.
func runAndKill(t *testing.T, path string, first int, after time.Duration) int {
	t.Helper()
	exe, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(exe, strconv.Itoa(first))
	child.Env = append(os.Environ(), killedEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	last := first - 1
	in := bufio.NewReader(out)
	var timer *time.Timer
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF || err != nil {
			break // a line without its end was cut off by the kill
		}
		if last, err = strconv.Atoi(line[:len(line)-1]); err != nil {
			t.Fatal(err)
		}
		if timer == nil {
			timer = time.AfterFunc(after, func() { _ = child.Process.Kill() })
		}
	}
	if timer == nil {
		t.Fatal("the writer ended by itself")
	}
	_ = child.Wait()
	return last
}
