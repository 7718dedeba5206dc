// Renders a Helm chart as "helm template" does, as far as ours uses it: values, includes, sprig, toYaml and the like. Built on the
// distribution's packages (golang-go, golang-github-masterminds-sprig-dev, golang-gopkg-yaml.v3-dev), so that tests need no cluster
// and no helm.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run render.go [-json | -values] CHART RELEASE NAMESPACE [VALUES-FILE…] [KEY=VALUE…]
//
// -json writes the documents as one list, -values the values that they are made of.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

// Helm's .Files: what lies beside the templates.
type files map[string]string

func (f files) Get(name string) string { return f[name] }

func (f files) Glob(pattern string) files {
	found := files{}
	for name, text := range f {
		if matched, _ := filepath.Match(pattern, name); matched {
			found[name] = text
		}
	}
	return found
}

func (f files) AsConfig() (string, error) {
	config := map[string]string{}
	for name, text := range f {
		config[filepath.Base(name)] = text
	}
	text, err := yaml.Marshal(config)
	return strings.TrimSuffix(string(text), "\n"), err
}

// Links are followed, as Helm does.
func filesIn(chart string) (files, error) {
	found := files{}
	var walk func(folder string) error
	walk = func(folder string) error {
		entries, err := os.ReadDir(filepath.Join(chart, folder))
		if err != nil {
			return err
		}
		for _, entry := range entries {
			name := filepath.Join(folder, entry.Name())
			info, err := os.Stat(filepath.Join(chart, name))
			if err != nil {
				return err
			}
			if info.IsDir() {
				if err := walk(name); err != nil {
					return err
				}
				continue
			}
			text, err := os.ReadFile(filepath.Join(chart, name))
			if err != nil {
				return err
			}
			found[name] = string(text)
		}
		return nil
	}
	return found, walk("files")
}

type values = map[string]interface{}

func main() {
	args, format := os.Args[1:], ""
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		args, format = args[1:], args[0]
	}
	if err := run(args, format); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, format string) error {
	if len(args) < 3 {
		return fmt.Errorf("usage: render CHART RELEASE NAMESPACE [VALUES-FILE…] [KEY=VALUE…]")
	}
	chart, err := read(filepath.Join(args[0], "Chart.yaml"))
	if err != nil {
		return err
	}
	all, err := read(filepath.Join(args[0], "values.yaml"))
	if err != nil {
		return err
	}
	for _, arg := range args[3:] {
		if name, value, isSetting := strings.Cut(arg, "="); isSetting && !strings.HasSuffix(arg, ".yaml") {
			var parsed interface{}
			if err := yaml.Unmarshal([]byte(value), &parsed); err != nil {
				return err
			}
			set(all, strings.Split(name, "."), asJsonHas(parsed))
			continue
		}
		more, err := read(arg)
		if err != nil {
			return err
		}
		merge(all, more)
	}
	if format == "-values" {
		return json.NewEncoder(os.Stdout).Encode(all)
	}
	// Helm gives the chart's fields with a capital first letter.
	fields := values{}
	for name, value := range chart {
		fields[strings.ToUpper(name[:1])+name[1:]] = value
	}
	beside, err := filesIn(args[0])
	if err != nil {
		return err
	}
	var output bytes.Buffer
	err = render(&output, args[0], values{
		"Files":        beside,
		"Values":       all,
		"Chart":        fields,
		"Release":      values{"Name": args[1], "Namespace": args[2], "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1},
		"Capabilities": values{"KubeVersion": values{"Version": "v1.30.0", "Major": "1", "Minor": "30"}},
		"Template":     values{"BasePath": "templates"},
	})
	if err != nil {
		return err
	}
	if format == "-json" {
		return printJson(output.Bytes())
	}
	_, err = output.WriteTo(os.Stdout)
	return err
}

// Every document, empty ones left out, as one list. A key that stands twice is an error of the reader's.
func printJson(text []byte) error {
	documents := []values{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		document := values{}
		if err := decoder.Decode(&document); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if len(document) > 0 {
			documents = append(documents, document)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(documents)
}

func render(output io.Writer, folder string, context values) error {
	root := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	functions["toYaml"] = func(value interface{}) string {
		var buffer bytes.Buffer
		encoder := yaml.NewEncoder(&buffer)
		encoder.SetIndent(2)
		if err := encoder.Encode(value); err != nil {
			panic(err)
		}
		return strings.TrimSuffix(buffer.String(), "\n")
	}
	functions["fromYaml"] = func(text string) (values, error) {
		parsed := values{}
		return parsed, yaml.Unmarshal([]byte(text), &parsed)
	}
	functions["include"] = func(name string, data interface{}) (string, error) {
		var buffer bytes.Buffer
		err := root.ExecuteTemplate(&buffer, name, data)
		return buffer.String(), err
	}
	functions["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	functions["fail"] = func(message string) (string, error) { return "", fmt.Errorf("%s", message) }
	root.Funcs(functions)

	files, err := filepath.Glob(filepath.Join(folder, "templates", "*"))
	if err != nil {
		return err
	}
	sort.Strings(files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := root.New(filepath.Base(file)).Parse(string(text)); err != nil {
			return err
		}
	}
	for _, file := range files {
		if name := filepath.Base(file); strings.HasSuffix(name, ".yaml") {
			var buffer bytes.Buffer
			if err := root.ExecuteTemplate(&buffer, name, context); err != nil {
				return err
			}
			fmt.Fprintf(output, "---\n# Source: %s\n%s\n", name, strings.ReplaceAll(buffer.String(), "<no value>", ""))
		}
	}
	return nil
}

func read(file string) (values, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	parsed := values{}
	err = yaml.Unmarshal(text, &parsed)
	return asJsonHas(parsed).(values), err
}

// Helm reads values by way of JSON: numbers are floating point to templates, whatever they looked like.
func asJsonHas(value interface{}) interface{} {
	switch typed := value.(type) {
	case int:
		return float64(typed)
	case values:
		for name, inner := range typed {
			typed[name] = asJsonHas(inner)
		}
	case []interface{}:
		for index, inner := range typed {
			typed[index] = asJsonHas(inner)
		}
	}
	return value
}

// As Helm: maps are merged, null takes away, all else is replaced.
func merge(into, from values) {
	for name, value := range from {
		old, isMap := into[name].(values)
		if fresh, isFresh := value.(values); isMap && isFresh {
			merge(old, fresh)
		} else if value == nil {
			delete(into, name)
		} else {
			into[name] = value
		}
	}
}

func set(into values, path []string, value interface{}) {
	for _, name := range path[:len(path)-1] {
		next, isMap := into[name].(values)
		if !isMap {
			next = values{}
			into[name] = next
		}
		into = next
	}
	merge(into, values{path[len(path)-1]: value})
}
