// LoomWeb
