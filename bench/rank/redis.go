package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// redis is a redis-server of our own, without persistence, and a connection to it
// over a unix socket.
type redis struct {
	dir  string
	cmd  *exec.Cmd
	conn net.Conn
	in   *bufio.Reader
	out  *bufio.Writer
}

// startRedis runs the server program in a temporary folder.
func startRedis(program string) (*redis, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rankbench")
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "s")
	r := &redis{dir: dir, cmd: exec.Command(path, "--port", "0", "--unixsocket", socket,
		"--save", "", "--appendonly", "no", "--dir", dir)}
	if err := r.cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	for range 100 {
		if r.conn, err = net.Dial("unix", socket); err == nil {
			r.in, r.out = bufio.NewReaderSize(r.conn, 1<<16), bufio.NewWriterSize(r.conn, 1<<16)
			return r, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, errors.Join(err, r.stop())
}

func (r *redis) stop() error {
	if r.conn != nil {
		_ = r.conn.Close()
	}
	err := r.cmd.Process.Kill()
	_ = r.cmd.Wait() // killed, as it says
	return errors.Join(err, os.RemoveAll(r.dir))
}

// send queues a command.
func (r *redis) send(args ...string) {
	fmt.Fprintf(r.out, "*%d\r\n", len(args))
	for _, a := range args {
		_, _ = r.out.WriteString("$" + strconv.Itoa(len(a)) + "\r\n" + a + "\r\n") // Flush tells
	}
}

// pipeline sends n commands, 100 at a time, and hands each reply to use.
func (r *redis) pipeline(n int, command func(i int) []string, use func(i int, reply []string)) {
	for from := 0; from < n; from += 100 {
		to := min(from+100, n)
		for i := from; i < to; i++ {
			r.send(command(i)...)
		}
		must(r.out.Flush())
		for i := from; i < to; i++ {
			reply, err := r.reply(nil)
			must(err)
			if use != nil {
				use(i, reply)
			}
		}
	}
}

// do runs one command and returns its reply, flat.
func (r *redis) do(args ...string) []string {
	var out []string
	r.pipeline(1, func(int) []string { return args }, func(_ int, reply []string) { out = reply })
	return out
}

// reply appends the strings of one reply to dst.
func (r *redis) reply(dst []string) ([]string, error) {
	line, err := r.in.ReadString('\n')
	if err != nil {
		return dst, err
	}
	kind, text := line[0], strings.TrimRight(line[1:], "\r\n")
	switch kind {
	case '-':
		return dst, errors.New("redis: " + text)
	case '+', ':':
		return append(dst, text), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return dst, err
	}
	if kind == '$' {
		if n < 0 {
			return append(dst, ""), nil
		}
		buf := make([]byte, n+2)
		if _, err := io.ReadFull(r.in, buf); err != nil {
			return dst, err
		}
		return append(dst, string(buf[:n])), nil
	}
	for range n {
		if dst, err = r.reply(dst); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// info returns the number behind a key of INFO, up to a comma.
func (r *redis) info(section, key string) float64 {
	_, rest, _ := strings.Cut(r.do("INFO", section)[0], key)
	if at := strings.IndexAny(rest, ",\r"); at >= 0 {
		rest = rest[:at]
	}
	v, _ := strconv.ParseFloat(rest, 64)
	return v
}

func (r *redis) version() string {
	_, rest, _ := strings.Cut(r.do("INFO", "server")[0], "redis_version:")
	return strings.TrimSpace(strings.SplitN(rest, "\n", 2)[0])
}

// cpu returns the seconds of processor time that the server has used.
func (r *redis) cpu() float64 {
	return r.info("cpu", "used_cpu_sys:") + r.info("cpu", "used_cpu_user:")
}

// timed returns a probe's reading of n commands. Its cpu is what favors the server
// most: the lesser of what it used in all, sockets and parsing included, and what
// it counts for the command alone.
func (r *redis) timed(name string, n int, command func(i int) []string) sample {
	name = "cmdstat_" + name + ":"
	usec := func() float64 {
		_, rest, ok := strings.Cut(r.do("INFO", "commandstats")[0], name+"calls=")
		if !ok {
			return 0
		}
		_, rest, _ = strings.Cut(rest, "usec=")
		v, _ := strconv.ParseFloat(rest[:strings.IndexByte(rest, ',')], 64)
		return v
	}
	cpu, inside, wall := r.cpu(), usec(), time.Now()
	r.pipeline(n, command, nil)
	total := float64(time.Since(wall))
	inside = (usec() - inside) * 1e3
	cpu = (r.cpu() - cpu) * 1e9
	return sample{min(cpu, inside) / float64(n), total / float64(n)}
}

func dayKey(ago int) string { return "day:" + strconv.Itoa(ago) }

// fill loads the day keys and the board of their sums.
func (r *redis) fill(l *load) {
	put := func(key string, sums func(yield func(i int, sum int64))) {
		var batches [][]string
		args := []string{"ZADD", key}
		sums(func(i int, sum int64) {
			if args = append(args, strconv.FormatInt(sum, 10), l.names[i]); len(args) > 1000 {
				batches, args = append(batches, args), []string{"ZADD", key}
			}
		})
		if len(args) > 2 {
			batches = append(batches, args)
		}
		r.pipeline(len(batches), func(i int) []string { return batches[i] }, nil)
	}
	for ago := range days {
		put(dayKey(ago), func(yield func(int, int64)) { l.day(ago, yield) })
	}
	put("board", func(yield func(int, int64)) {
		for i, t := range l.totals() {
			yield(i, t)
		}
	})
}

// union is the command that makes the board of a window anew.
func union(into string) []string {
	args := []string{"ZUNIONSTORE", into, strconv.Itoa(days)}
	for ago := range days {
		args = append(args, dayKey(ago))
	}
	return args
}
