// LoomLua
