// Command journey prints one person's path over 90 days: the tier, the titles
// and the reason of each, day by day, as they were announced when each day was
// closed, with a call that turns out to be somebody else's on the way.
//
//	go run ./examples/journey
//	go run ./examples/journey -json
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/tokenomics-go/tokenomics"
	"github.com/tokenomics-go/tokenomics/examples/internal/pipe"
	"github.com/tokenomics-go/tokenomics/examples/internal/screen"
	"github.com/tokenomics-go/tokenomics/tiers"
)

func main() { os.Exit(run(os.Args[1:], screen.Of(os.Stdout), os.Stderr)) }

// run is main with its surroundings as arguments; it returns the exit code.
func run(args []string, s screen.Screen, stderr io.Writer) int {
	flags := flag.NewFlagSet("journey", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print a JSON object a day")
	if status, done := pipe.ParseFlags(flags, args, false, s.W, stderr); done {
		return status
	}
	path, err := walk(context.Background())
	if err == nil {
		if *asJSON {
			err = printJSON(s.W, path.days)
		} else {
			path.print(s)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "journey:", err)
		return pipe.ExitErrors
	}
	return pipe.ExitOK
}

// path is what there is to tell.
type path struct {
	titles  *tiers.Set
	ladder  tiers.Ladder
	days    []day
	profile tokenomics.Profile // at the end
}

// day is one day of the path, as of its close.
type day struct {
	Date    string             `json:"date"`
	Tokens  int64              `json:"tokens"`
	Tier    string             `json:"tier,omitempty"`
	Level   int                `json:"level"`
	Rank    int                `json:"rank,omitempty"`
	Note    string             `json:"note,omitempty"` // what happened beside the work
	Changes []tiers.Transition `json:"changes,omitempty"`

	date time.Time
}

// walk lets 90 days pass: it records each day's calls, closes the day and takes
// down what is announced.
func walk(ctx context.Context) (*path, error) {
	clock := firstDay
	eng, err := tokenomics.New(ctx, &tokenomics.Config{
		Now: func() time.Time { return clock }, Titles: tiers.DefaultRules(),
	})
	if err != nil {
		return nil, err
	}
	p := &path{titles: eng.Titles(), ladder: eng.Ladder()}
	cursor := int64(0)
	for range eng.Announcements(cursor) { // from here on there are announcements
	}
	story := newStory()
	for n := range days {
		d := day{date: firstDay.AddDate(0, 0, n), Note: story.note(n)}
		d.Date = d.date.Format(time.DateOnly)
		clock = d.date.Add(24*time.Hour - time.Second)
		if err := record(ctx, eng, story.day(n)); err != nil {
			return nil, err
		}
		if steps, err := eng.Steps(tiers.TokensBoard, hero); err != nil {
			return nil, err
		} else if len(steps) > 0 {
			d.Tokens = steps[len(steps)-1]
		}
		if row, ok, err := eng.Standing(tiers.TokensBoard, hero); err != nil {
			return nil, err
		} else if ok {
			d.Rank = row.Rank
		}
		clock = d.date.AddDate(0, 0, 1) // midnight: the day is over
		if err := eng.Advance(ctx, clock); err != nil {
			return nil, err
		}
		held, err := eng.Awards(ctx, clock)
		if err != nil {
			return nil, err
		}
		mine, _ := held.Of(hero)
		d.Tier, d.Level = mine.Tier.Name, mine.Tier.Level
		for at, t := range eng.Announcements(cursor) {
			if cursor = at; t.Subject == hero {
				d.Changes = append(d.Changes, t)
			}
		}
		p.days = append(p.days, d)
	}
	p.profile, err = eng.Profile(ctx, hero)
	return p, err
}

// record offers events and wants all of them to count.
func record(ctx context.Context, eng *tokenomics.Engine, events []tokenomics.Event) error {
	receipts, err := eng.Record(ctx, events...)
	if err != nil {
		return err
	}
	for i, r := range receipts {
		if !r.Counts {
			return fmt.Errorf("%s/%s: %s: %w", events[i].Source, events[i].ID, r.Status, r.Err)
		}
	}
	return nil
}

func printJSON(w io.Writer, days []day) error {
	enc := json.NewEncoder(w)
	for i := range days {
		if err := enc.Encode(&days[i]); err != nil {
			return err
		}
	}
	return nil
}
