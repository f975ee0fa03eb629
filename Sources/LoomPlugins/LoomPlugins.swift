// LoomPlugins
