package rank_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/tokenomics-go/tokenomics/rank"
)

var noon = time.Date(2026, 4, 7, 12, 0, 0, 0, time.UTC)

func Example() {
	board, err := rank.New(rank.Config{Window: rank.Rolling30d})
	if err != nil {
		panic(err)
	}
	// The caller says what time it is; then scores of the window can come in any
	// order.
	_ = board.Advance(noon)
	_ = board.Add("ann", noon, 1200)
	_ = board.Add("bob", noon.AddDate(0, 0, -29), 700)
	_ = board.Add("eve", noon.AddDate(0, 0, -3), 700)
	_ = board.Add("dan", noon, 90)

	for _, s := range board.Top(3) {
		fmt.Println(s.Rank, s.Subject, s.Score)
	}
	dan, _ := board.Standing("dan")
	fmt.Println("dan is", dan.Rank)

	// A day later what bob did has left the window, without any write.
	_ = board.Advance(noon.AddDate(0, 0, 1))
	_, ranked := board.Standing("bob")
	fmt.Println("bob is ranked:", ranked)
	// Output:
	// 1 ann 1200
	// 2 bob 700
	// 2 eve 700
	// dan is 4
	// bob is ranked: false
}

func ExampleBoard_Around() {
	board, _ := rank.New(rank.Config{Window: rank.Rolling7d})
	_ = board.Advance(noon)
	for i, s := range []string{"ann", "bob", "cat", "dan", "eve"} {
		_ = board.Add(s, noon, int64(50-10*i))
	}
	for _, s := range board.Around("ann", 1) { // no one is above her: the range shifts
		fmt.Println(s.Rank, s.Subject, s.Score)
	}
	// Output:
	// 1 ann 50
	// 2 bob 40
	// 3 cat 30
}

func ExampleBoard_PageAfter() {
	board, _ := rank.New(rank.Config{Window: rank.Rolling7d, Ties: rank.Dense})
	_ = board.Advance(noon)
	for i, s := range []string{"ann", "bob", "cat", "dan", "eve"} {
		_ = board.Add(s, noon, int64(3-i/2))
	}
	page := board.PageAfter(rank.Cursor{}, 3)
	fmt.Println(page.Rows)
	next, _ := rank.ParseCursor(page.Last.String()) // as from a URL
	fmt.Println(board.PageAfter(next, 3).Rows)
	// Output:
	// [{1 ann 3} {1 bob 3} {2 cat 2}]
	// [{2 dan 2} {3 eve 1}]
}

func ExampleBoard_Movers() {
	board, _ := rank.New(rank.Config{Window: rank.Rolling30d})
	_ = board.Advance(noon)
	_ = board.Add("ann", noon, 100)
	_ = board.Add("bob", noon, 90)
	tomorrow := noon.AddDate(0, 0, 1)
	_ = board.Advance(tomorrow)
	_ = board.Add("bob", tomorrow, 50)

	up, _, _ := board.Movers(noon, 5)
	for _, m := range up {
		fmt.Printf("%s climbed %d to rank %d\n", m.Subject, m.Climbed(), m.Rank)
	}
	// Output:
	// bob climbed 1 to rank 1
}

func ExampleBoard_Add_outside() {
	board, _ := rank.New(rank.Config{Window: rank.Rolling24h})
	_ = board.Advance(noon)
	err := board.Add("ann", noon.AddDate(0, 0, -2), 5)
	fmt.Println(errors.Is(err, rank.ErrOutsideWindow))
	fmt.Println(err)
	// Output:
	// true
	// rank: add "ann" at 2026-04-05T12:00:00Z: outside the window: it holds 2026-04-06T12:01:00Z to 2026-04-07T12:01:00Z and the step after that
}

func ExampleScorer() {
	// Whole up to a million a day, half of what is above, nothing above three.
	fair := rank.Scorer{{Above: 1_000_000, Num: 1, Den: 2}, {Above: 3_000_000, Num: 0, Den: 1}}
	for _, raw := range []int64{400_000, 2_000_000, 9_000_000} {
		fmt.Println(raw, fair.Score(raw))
	}
	// Output:
	// 400000 400000
	// 2000000 1500000
	// 9000000 2000000
}

func ExampleMerge() {
	var shards []*rank.Board
	for _, subjects := range [][]string{{"ann", "eve"}, {"bob"}} {
		b, _ := rank.New(rank.Config{Window: rank.ThisMonth(time.UTC)})
		_ = b.Advance(noon)
		for _, s := range subjects {
			_ = b.Add(s, noon, int64(len(shards)*10)+int64(s[0]))
		}
		shards = append(shards, b)
	}
	all, err := rank.Merge(shards...)
	if err != nil {
		panic(err)
	}
	fmt.Println(all.Top(3))
	// Output:
	// [{1 bob 108} {2 eve 101} {3 ann 97}]
}
