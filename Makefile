# The commands of this project. Each installs what it needs and says what it does.

PREFIX ?= /usr/local
PYTHON := .build/python/bin/python
VOCABULARIES := .build/python/vocabularies
MEMORY := .build/sanitized/memory
THREADS := .build/sanitized/threads
MEMORY_FLAGS := --sanitize address --scratch-path $(MEMORY)
# An error of Lua jumps over frames of C, which would count as entered for ever.
THREADS_FLAGS := --sanitize thread --scratch-path $(THREADS) -Xcc -mllvm -Xcc -tsan-instrument-func-entry-exit=0
WATCH_FLAGS := -std=gnu11 -O2 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Werror
# Swift tests at the same time. With all of them at once, each waits for hundreds of others at every step, and the real deadlines in
# some pass meanwhile. Toolchains that do not know it pass it over.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := 8

.PHONY: run build test test-swift test-lua test-end-to-end sanitize sanitize-memory sanitize-threads check format api models bench grammars install clean

# Opens the REPL; lines from standard input are read when it is no terminal.
run: build
	@.build/release/loomkin $(ARGS)

build:
	@scripts/system-packages build
	@scripts/build-release
	@$(MAKE) --no-print-directory .build/release/loomkin-watch

# The watcher, a program of its own licence: C, libinotifytools and nothing else, so not a part of the Swift package.
# After a `swift build` by hand: `make .build/debug/loomkin-watch`.
.build/%/loomkin-watch: $(wildcard Sources/loomkin-watch/*.[ch]) Makefile
	@[ -d $(@D) ] || { echo "$(@D) is not there yet: run «swift build» first, then this again." >&2; exit 2; }
	$(CC) $(WATCH_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) -linotifytools

test: test-swift test-lua test-end-to-end

test-swift:
	@scripts/system-packages build test
	@scripts/grammars grammars python javascript
	swift build --build-tests
	@$(MAKE) --no-print-directory .build/debug/loomkin-watch
	swift test --skip-build --skip LoomLuaTests
	@# By themselves: their endless loops, each on a thread of its own, would starve all others.
	swift test --skip-build --filter LoomLuaTests

# The specs of the bundled plugins and of the examples, on a made-up host.
test-lua:
	@scripts/system-packages build
	swift build --product loomkin
	.build/debug/loomkin plugin test plugins examples

test-end-to-end: $(PYTHON)
	@scripts/system-packages build test
	@scripts/grammars grammars python
	swift build
	@$(MAKE) --no-print-directory .build/debug/loomkin-watch
	$(PYTHON) -m pytest -q Tests/EndToEnd Tests/Page

# All of it once more, with every access to memory looked at. What the Swift runtime keeps until the end is no leak.
sanitize: sanitize-memory sanitize-threads

sanitize-memory: export ASAN_OPTIONS := detect_leaks=0
sanitize-memory: $(PYTHON)
	@scripts/system-packages build test
	@scripts/grammars grammars python javascript
	swift build --build-tests $(MEMORY_FLAGS)
	@$(MAKE) --no-print-directory $(MEMORY)/debug/loomkin-watch
	swift test --skip-build $(MEMORY_FLAGS) --skip LoomLuaTests
	swift test --skip-build $(MEMORY_FLAGS) --filter LoomLuaTests
	LOOMKIN_BIN=$(MEMORY)/debug/loomkin $(PYTHON) -m pytest -q Tests/EndToEnd Tests/Page

# Whether two threads touch the same memory unordered. A start takes seconds, so only where most goes on at once end to end.
sanitize-threads: export TSAN_OPTIONS := suppressions=$(CURDIR)/Tests/threads.supp
sanitize-threads: $(PYTHON)
	@scripts/system-packages build test
	@scripts/grammars grammars python javascript
	swift build --build-tests $(THREADS_FLAGS)
	@$(MAKE) --no-print-directory $(THREADS)/debug/loomkin-watch
	swift test --skip-build $(THREADS_FLAGS) --skip LoomLuaTests
	swift test --skip-build $(THREADS_FLAGS) --filter LoomLuaTests
	LOOMKIN_BIN=$(THREADS)/debug/loomkin $(PYTHON) -m pytest -q Tests/Page $(addprefix Tests/EndToEnd/test_,demo.py reload_storm.py serve.py)

$(PYTHON): Tests/requirements.txt
	@scripts/system-packages test
	python3 -m venv .build/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	$(PYTHON) -m pip download --quiet --disable-pip-version-check --no-deps --no-binary anthropic -d .build/python/sources \
		$$(grep '^anthropic==' Tests/requirements.txt)
	@touch $(PYTHON)

check:
	@scripts/system-packages test
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks
	luacheck --quiet plugins roles examples

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

# What is generated from the table of the Lua API: definitions for editors and luacheck, and docs/lua-api.md.
api:
	@scripts/system-packages build
	swift build --product loomkin
	.build/debug/loomkin plugin api --write .
	env -i LOOMKIN_HOME=$$PWD HOME=/nonexistent .build/debug/loomkin providers -C / --markdown > docs/models.md

# The newest facts of models, into data/models.csv: look at what it says before you commit. PRICES names a list that you have.
models: $(PYTHON)
	rm -rf .build/python/prices
	@[ -n "$(PRICES)" ] || $(PYTHON) -m pip download --quiet --disable-pip-version-check --no-deps -d .build/python/prices litellm
	$(PYTHON) scripts/models $(or $(PRICES),.build/python/prices/*.whl) data/models.csv
	@$(MAKE) --no-print-directory api

bench: build $(PYTHON) $(VOCABULARIES)
	@scripts/system-packages bench
	@Benchmarks/run

# Tokenizers and their vocabularies; of litellm, which carries these, nothing else is taken.
$(VOCABULARIES): $(PYTHON) Benchmarks/requirements.txt Benchmarks/tokens.py
	grep '^tiktoken==' Benchmarks/requirements.txt | xargs $(PYTHON) -m pip install --quiet --disable-pip-version-check
	grep '^tokenizers==' Benchmarks/requirements.txt | xargs $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps
	grep '^litellm==' Benchmarks/requirements.txt \
		| xargs $(PYTHON) -m pip download --quiet --disable-pip-version-check --no-deps -d .build/python/sources
	$(PYTHON) Benchmarks/tokens.py unpack .build/python/sources/litellm-*.whl $@
	@touch $@

# Grammars for outlines of source files, which are downloaded; without them all else works.
grammars:
	@scripts/system-packages grammars
	@scripts/grammars grammars

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/loomkin
	install -s .build/release/loomkin .build/release/loomkin-watch $(DESTDIR)$(PREFIX)/bin
	cp -R plugins prompts roles examples data $(DESTDIR)$(PREFIX)/share/loomkin
	[ ! -d grammars ] || cp -R grammars $(DESTDIR)$(PREFIX)/share/loomkin

clean:
	rm -rf .build
