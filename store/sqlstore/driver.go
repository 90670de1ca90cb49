package sqlstore

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// What follows talks to a driver as database/sql would, in the part of its
// interfaces that is needed here. No context is handed over: a driver watches
// one that may end in a goroutine for each statement.

func prepare(connection any, text string) (driver.Stmt, error) {
	switch c := connection.(type) {
	case driver.ConnPrepareContext:
		return c.PrepareContext(context.Background(), text)
	case driver.Conn:
		return c.Prepare(text)
	}
	return nil, fmt.Errorf("sqlstore: a connection of a driver is a %T", connection)
}

// execute returns how many rows a statement touched.
func execute(s driver.Stmt, args []driver.NamedValue) (int64, error) {
	var result driver.Result
	var err error
	if c, ok := s.(driver.StmtExecContext); ok {
		result, err = c.ExecContext(context.Background(), args)
	} else {
		values := make([]driver.Value, len(args))
		for i, a := range args {
			values[i] = a.Value
		}
		result, err = s.Exec(values) //nolint:staticcheck // what older drivers have
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
