package pricing

//go:generate go test -run=^TestBuiltinIsGenerated$ -update .

// Builtin returns the book of the price lists that come with this package.
// They are compiled in: nothing is read or built, at start or later. The book
// is the same for everyone who uses the same version of the package;
// [Book.Version] names its content and [Book.Sheets] the lists and their
// dates.
func Builtin() *Book { return &builtin }
