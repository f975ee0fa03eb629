// LoomKernel
