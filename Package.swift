// swift-tools-version: 6.1
import PackageDescription

/// Features on for every Swift target; `docs/architecture.md` says why each floor exists.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "loomkin",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Seams to the C libraries.
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CTreeSitter", pkgConfig: "tree-sitter", providers: [.apt(["libtree-sitter-dev"])]),
        .target(name: "CLuaHost", dependencies: ["CLua"]),
        .target(name: "CCurl"),
        .systemLibrary(name: "CSpawn"),
        // A grammar from a Python wheel looks for these in the program that loads it, and a program exports nothing unasked.
        .target(
            name: "CGrammar",
            linkerSettings: [
                .unsafeFlags(
                    ["PyModule_Create2", "PyModuleDef_Init", "PyCapsule_New"].flatMap { ["-Xlinker", "--export-dynamic-symbol=\($0)"] },
                    .when(platforms: [.linux]))
            ]
        ),
        .target(name: "CEdit", linkerSettings: [.linkedLibrary("edit")]),

        // Floors, lowest first. Imports point down only.
        .target(name: "LoomLua", dependencies: ["CLua", "CLuaHost"], swiftSettings: house),
        .target(
            name: "LoomSystem",
            dependencies: ["CCrypto", "CCurl", "CSpawn"],
            swiftSettings: house
        ),
        .target(name: "LoomRepository", dependencies: ["CGrammar", "CTreeSitter", "LoomSystem"], swiftSettings: house),
        .target(
            name: "LoomKernel",
            dependencies: [
                "LoomSystem", "LoomRepository",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: house
        ),
        .target(
            name: "LoomPlugins",
            dependencies: [
                "LoomKernel", "LoomLua", "LoomRepository", "LoomSystem",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: house
        ),
        .target(
            name: "LoomREPL",
            dependencies: ["CEdit", "LoomKernel", "LoomSystem"],
            swiftSettings: house
        ),
        .target(
            name: "LoomWeb",
            dependencies: [
                "LoomKernel", "LoomSystem",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house
        ),
        .executableTarget(
            name: "loomkin",
            dependencies: [
                "LoomKernel", "LoomPlugins", "LoomREPL", "LoomRepository", "LoomSystem", "LoomWeb",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house
        ),

        // loomkin-watch is not here: the Makefile builds it with the C compiler alone. libinotifytools is GPL-2 only, and this
        // package manager would link the Swift runtime into the program.

        // The figures of `make bench`. In this package, since `package` access ends at its border.
        .executableTarget(
            name: "loomkin-bench",
            dependencies: ["CCurl", "CLua", "LoomKernel", "LoomLua", "LoomPlugins", "LoomSystem"],
            path: "Benchmarks/Sources",
            swiftSettings: house
        ),

        .testTarget(name: "LoomLuaTests", dependencies: ["LoomLua"], swiftSettings: house),
        .testTarget(name: "LoomSystemTests", dependencies: ["LoomSystem"], swiftSettings: house),
        .testTarget(
            name: "LoomRepositoryTests", dependencies: ["LoomRepository", "LoomSystem"], swiftSettings: house),
        .testTarget(name: "LoomKernelTests", dependencies: ["LoomKernel", "LoomSystem"], swiftSettings: house),
        .testTarget(
            name: "LoomPluginsTests", dependencies: ["LoomKernel", "LoomLua", "LoomPlugins", "LoomRepository", "LoomSystem"],
            swiftSettings: house),
        .testTarget(
            name: "LoomREPLTests", dependencies: ["LoomKernel", "LoomREPL", "LoomSystem"], swiftSettings: house),
        .testTarget(
            name: "LoomWebTests", dependencies: ["LoomKernel", "LoomSystem", "LoomWeb"], swiftSettings: house),
    ]
)
