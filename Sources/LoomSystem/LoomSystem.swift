// LoomSystem
