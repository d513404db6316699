// Prints the functions of Go packages as lists of statements, in JSON, an object for each function:
//
//	go run statements.go GOROOT runtime runtime/trace
//
// A statement is [line, kind, closure, text]. What stands in a closure is listed behind the statement that has
// it, with the closure's number ("1", "2.1"; "" outside of all), as the compiler numbers closures.
//
//	go run statements.go -spans FILE...
//
// prints those of single files, each statement with where it begins and ends in the file, where its body begins
// (0 if it has none), and the goroutine that is at hand there: the name of the parameter of type *g, or "".
// What no statement can be put in front of begins at -1.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

type function struct {
	Name       string  `json:"name"`
	File       string  `json:"file"`
	Line       int     `json:"line"`
	Statements [][]any `json:"statements"`
}

type lister struct {
	fset     *token.FileSet
	into     *function
	closures map[string]int
	// With spans: the goroutine at hand, and whether a statement can stand in front of the one at hand.
	spans  bool
	g      string
	inList bool
}

func main() {
	if len(os.Args) < 3 {
		fail("usage: statements GOROOT PACKAGE..., or statements -spans FILE...")
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	if os.Args[1] == "-spans" {
		for _, name := range os.Args[2:] {
			list(out, name, filepath.Base(name), true)
		}
		return
	}
	root := os.Args[1]
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.GOROOT, ctx.CgoEnabled = "linux", "amd64", root, true
	ctx.ToolTags = experiments(root)
	for _, pkg := range os.Args[2:] {
		dir := filepath.Join(root, "src", filepath.FromSlash(pkg))
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(names) == 0 {
			fail("no Go files in " + dir)
		}
		sort.Strings(names)
		for _, name := range names {
			base := filepath.Base(name)
			if strings.HasSuffix(base, "_test.go") {
				continue
			}
			if ok, err := ctx.MatchFile(dir, base); err != nil || !ok {
				continue
			}
			list(out, name, pkg+"/"+base, false)
		}
	}
}

func list(out *json.Encoder, name, file string, spans bool) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		fail(err.Error())
	}
	for _, decl := range tree.Decls {
		if it, ok := decl.(*ast.FuncDecl); ok && it.Body != nil {
			f := function{nameOf(it), file, fset.Position(it.Pos()).Line, [][]any{}}
			l := &lister{fset: fset, into: &f, closures: map[string]int{}, spans: spans, g: goroutineOf(it.Type, "")}
			l.all(it.Body.List, "")
			if err := out.Encode(f); err != nil {
				fail(err.Error())
			}
		}
	}
}

// goroutineOf is the first parameter of type *g, or that of whatever is around it. What a body declares: see meets.
func goroutineOf(it *ast.FuncType, around string) string {
	for _, field := range it.Params.List {
		if star, ok := field.Type.(*ast.StarExpr); ok && len(field.Names) > 0 {
			if name, ok := star.X.(*ast.Ident); ok && name.Name == "g" {
				return field.Names[0].Name
			}
		}
	}
	return around
}

// experiments are the build tags of what the release has on by default: the fields of `baseline` in internal/buildcfg.
func experiments(root string) []string {
	name := filepath.Join(root, "src", "internal", "buildcfg", "exp.go")
	tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		fail(err.Error())
	}
	var tags []string
	ast.Inspect(tree, func(n ast.Node) bool {
		it, ok := n.(*ast.AssignStmt)
		if !ok || len(it.Lhs) != 1 || len(it.Rhs) != 1 {
			return true
		}
		left, _ := it.Lhs[0].(*ast.Ident)
		right, _ := it.Rhs[0].(*ast.CompositeLit)
		if left == nil || left.Name != "baseline" || right == nil {
			return true
		}
		for _, field := range right.Elts {
			if pair, ok := field.(*ast.KeyValueExpr); ok {
				key, _ := pair.Key.(*ast.Ident)
				value, _ := pair.Value.(*ast.Ident)
				if key != nil && (value == nil || value.Name != "false") {
					tags = append(tags, "goexperiment."+strings.ToLower(key.Name))
				}
			}
		}
		return true
	})
	return tags
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}

func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
			continue
		case *ast.IndexExpr:
			t = x.X
			continue
		case *ast.IndexListExpr:
			t = x.X
			continue
		case *ast.Ident:
			return x.Name + "." + f.Name.Name
		}
		return f.Name.Name
	}
}

func (l *lister) text(n ast.Node) string {
	var b bytes.Buffer
	if err := (&printer.Config{Mode: printer.RawFormat}).Fprint(&b, l.fset, n); err != nil {
		fail(err.Error())
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// add lists one statement, of which the given parts stand on its own line, and then the closures in them.
func (l *lister) add(kind string, closure string, at ast.Node, parts ...ast.Node) {
	var found []*ast.FuncLit
	for _, part := range parts {
		ast.Inspect(part, func(n ast.Node) bool {
			if it, ok := n.(*ast.FuncLit); ok {
				found = append(found, it)
				return false
			}
			return true
		})
	}
	bodies := make([]*ast.BlockStmt, len(found))
	for i, it := range found {
		bodies[i], it.Body = it.Body, &ast.BlockStmt{}
	}
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = l.text(part)
	}
	line := l.fset.Position(at.Pos()).Line
	listed := []any{line, kind, closure, strings.Join(texts, "; ")}
	if l.spans {
		listed = append(listed, l.span(at)...)
	}
	l.into.Statements = append(l.into.Statements, listed)
	for i, it := range found {
		it.Body = bodies[i]
		l.closures[closure]++
		name := strconv.Itoa(l.closures[closure])
		if closure != "" {
			name = closure + "." + name
		}
		around := l.g
		l.g = goroutineOf(it.Type, around)
		l.all(it.Body.List, name)
		l.g = around
	}
}

func (l *lister) all(list []ast.Stmt, closure string) {
	around := l.g
	for _, it := range list {
		l.inList = true
		l.one(it, closure)
		l.meets(it)
	}
	l.g = around
}

// in lists the body of a statement, which begins with what the statement's head declares.
func (l *lister) in(body *ast.BlockStmt, closure string, head ast.Stmt) {
	around := l.g
	l.meets(head)
	l.all(body.List, closure)
	l.g = around
}

// meets notes that a statement declares gp, as the runtime calls the goroutine that it is busy with. The caller's own,
// which it gets with getg or from its M, is told without a name.
func (l *lister) meets(s ast.Stmt) {
	names, values := []ast.Expr{}, ""
	switch x := s.(type) {
	case *ast.AssignStmt:
		if x.Tok == token.DEFINE {
			names = x.Lhs
			for _, it := range x.Rhs {
				if _, ok := it.(*ast.FuncLit); !ok {
					values += l.text(it)
				}
			}
		}
	case *ast.RangeStmt:
		names = []ast.Expr{x.Key, x.Value}
	case *ast.DeclStmt:
		if it, ok := x.Decl.(*ast.GenDecl); ok {
			for _, spec := range it.Specs {
				if value, ok := spec.(*ast.ValueSpec); ok && len(value.Values) == 0 {
					for _, name := range value.Names {
						names = append(names, name)
					}
				}
			}
		}
	}
	for _, it := range names {
		if name, ok := it.(*ast.Ident); ok && name.Name == "gp" {
			l.g = "gp"
			if strings.Contains(values, "getg()") || strings.Contains(values, "curg") {
				l.g = ""
			}
		}
	}
}

// span is where a statement begins, ends, and has its body.
func (l *lister) span(at ast.Node) []any {
	offset := func(pos token.Pos) int { return l.fset.Position(pos).Offset }
	begin, body := offset(at.Pos()), 0
	switch x := at.(type) {
	case *ast.IfStmt:
		body = offset(x.Body.Lbrace) + 1
	case *ast.ForStmt:
		body = offset(x.Body.Lbrace) + 1
	case *ast.RangeStmt:
		body = offset(x.Body.Lbrace) + 1
	case *ast.CaseClause:
		begin, body = -1, offset(x.Colon)+1
	case *ast.CommClause:
		begin, body = -1, offset(x.Colon)+1
	}
	if !l.inList {
		begin = -1
	}
	l.inList = false
	return []any{begin, offset(at.End()), body, l.g}
}

func nodes(some ...ast.Node) []ast.Node {
	var all []ast.Node
	for _, it := range some {
		if it != nil {
			all = append(all, it)
		}
	}
	return all
}

func statement(s ast.Stmt) ast.Node {
	if s == nil {
		return nil
	}
	return s
}

func expressions(some ...ast.Expr) []ast.Node {
	var all []ast.Node
	for _, it := range some {
		if it != nil {
			all = append(all, it)
		}
	}
	return all
}

func (l *lister) one(s ast.Stmt, closure string) {
	switch x := s.(type) {
	case *ast.BlockStmt:
		l.all(x.List, closure)
	case *ast.IfStmt:
		l.add("if", closure, x, nodes(statement(x.Init), x.Cond)...)
		l.in(x.Body, closure, x.Init)
		if block, ok := x.Else.(*ast.BlockStmt); ok {
			l.all(block.List, closure)
		} else if x.Else != nil {
			l.inList = false
			l.one(x.Else, closure)
		}
	case *ast.ForStmt:
		all := nodes(statement(x.Init))
		all = append(all, expressions(x.Cond)...)
		l.add("for", closure, x, append(all, nodes(statement(x.Post))...)...)
		l.in(x.Body, closure, x.Init)
	case *ast.RangeStmt:
		l.add("for", closure, x, expressions(x.Key, x.Value, x.X)...)
		l.in(x.Body, closure, x)
	case *ast.SwitchStmt:
		all := nodes(statement(x.Init))
		l.add("switch", closure, x, append(all, expressions(x.Tag)...)...)
		l.all(x.Body.List, closure)
	case *ast.TypeSwitchStmt:
		l.add("switch", closure, x, x.Assign)
		l.all(x.Body.List, closure)
	case *ast.CaseClause:
		l.add("case", closure, x, expressions(x.List...)...)
		l.all(x.Body, closure)
	case *ast.SelectStmt:
		l.add("select", closure, x)
		l.all(x.Body.List, closure)
	case *ast.CommClause:
		l.add("case", closure, x, nodes(statement(x.Comm))...)
		l.all(x.Body, closure)
	case *ast.LabeledStmt:
		l.one(x.Stmt, closure)
	case *ast.DeferStmt:
		l.add("defer", closure, x, x.Call)
	case *ast.GoStmt:
		l.add("go", closure, x, x.Call)
	case *ast.ReturnStmt:
		l.add("return", closure, x, expressions(x.Results...)...)
	case *ast.DeclStmt:
		l.add("declare", closure, x, x)
	case *ast.BranchStmt:
		l.add("branch", closure, x, x)
	case *ast.EmptyStmt:
	default:
		l.add("do", closure, s, s)
	}
}
