import ArgumentParser
@main struct Loomkin: AsyncParsableCommand { }
