package main

// help is what -h prints before the flags.
const help = `Usage: record [flags] < events.jsonl

Keeps a ledger of calls: reads one JSON object a line and answers each once its
event is durable. A line may come again, and in any order.

  {"source", "id", "revision"?, "void"?, "subject", "at", "provider"?, "model", "usage",
   "tier"?, "speed"?, "region"?, "account"?, "session"?, "workflow"?, "team"?, "labels"?,
   "actor"?, "trust"?, "flags"?, "reported_cost"?}

  source, id  name the call: the same pair is the same call
  revision    a version of it; of equal trust, the greatest counts
  void        true takes the call back, at its revision or a greater one; needs no
              more than source and id, and at where the call is not known
  subject     who used it
  at          when, RFC 3339 with a zone
  usage       whole numbers by meter, each token in one of them: input, cache_read,
              cache_write_5m, cache_write_1h, output, reasoning, web_searches, requests …;
              price answers with such an object
  labels      an object of strings
  actor       human or automation
  flags       a list of partial, estimated and backfilled, as -dump writes it
  reported_cost  what the provider said it charged, such as "0.25"
  trust       self_reported, client_log, gateway or vendor, rising; the greatest counts

Answers:

  {"type": "receipt", "line", "source", "id", "status", "counts"?, "usd"?, "usd_high"?, "error"?}
  {"line", "error": {"code", "message"}}

  status is accepted, superseding, duplicate, stale or conflict (the same revision
  with other content: counts says whether this one counts), or, with an error,
  toolate, tooearly, invalid or refused. usd is the cost of the version that counts
  now; without a price it is absent. usd_high is there where the cost is a range.

At the end, as asked for:

  -dump    the versions that count, voids too, as lines that record accepts
  -top     {"type": "standing", "rank", "subject", "score"}; by cost, score is an
           amount as a string
  -totals  {"type": "total", "by", "key", "events", "tokens", "usd"?, "usd_high"?, "unpriced"};
           usd is absent where no event has a price

Error codes: bad_json not_an_object unknown_key duplicate_key missing_key
wrong_type bad_time line_too_long; unknown_meter, bad_count, bad_value (actor,
trust, flags or reported_cost); and the statuses with an error.

Exit status: 1 if any answer has an error or the ledger fails, 2 for bad flags, else 0.

`
