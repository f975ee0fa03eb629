// LoomREPL
