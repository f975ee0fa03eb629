// LoomRepository
