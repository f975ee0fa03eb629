import Hummingbird

/// Why a request gets nothing: what happened and what to do.
struct Refusal: Error, Equatable {
    let status: HTTPResponse.Status
    /// One word for programs.
    let code: String
    let message: String
    let hint: String

    static func foreignHost(port: Int) -> Refusal {
        Refusal(
            status: .misdirectedRequest, code: "foreign_host", message: "This page answers to its own address only.",
            hint: "Open http://127.0.0.1:\(port)/ with the token that loomkin printed.")
    }

    static let foreignOrigin = Refusal(
        status: .forbidden, code: "foreign_origin", message: "The request came from another site.",
        hint: "Give commands from loomkin's own page, or send the token as \"Authorization: Bearer …\" without an Origin header.")

    static let noOrigin = Refusal(
        status: .forbidden, code: "no_origin", message: "The request does not say which page it comes from.",
        hint: "Send an Origin header of this address, or the token as \"Authorization: Bearer …\".")

    static let noToken = Refusal(
        status: .unauthorized, code: "no_token", message: "This page needs the token of the running session.",
        hint: "Open the address that loomkin printed (it ends in ?token=…), or send \"Authorization: Bearer …\".")

    static let wrongToken = Refusal(
        status: .unauthorized, code: "wrong_token", message: "The token is not that of the running session.",
        hint: "loomkin was probably started again: open the address that it printed last.")

    static let usedTicket = Refusal(
        status: .unauthorized, code: "used_ticket", message: "This address opens the page once, and it was opened before.",
        hint: "Open the address that loomkin printed (it ends in ?token=…). If you did not open the page, end this session of loomkin.")

    static func badRequest(_ message: String, hint: String) -> Refusal {
        Refusal(status: .badRequest, code: "bad_request", message: message, hint: hint)
    }

    static func notFound(_ what: String, hint: String) -> Refusal {
        Refusal(status: .notFound, code: "not_found", message: "\(what) does not exist.", hint: hint)
    }

    static func conflict(_ message: String, hint: String) -> Refusal {
        Refusal(status: .conflict, code: "conflict", message: message, hint: hint)
    }

    static let tooLarge = Refusal(
        status: .contentTooLarge, code: "too_large", message: "The request is larger than 1 MB.",
        hint: "Put long text into a file of the project and name the file in the message.")

    static let unsupportedMediaType = Refusal(
        status: .unsupportedMediaType, code: "unsupported_media_type", message: "The body is neither JSON nor a form.",
        hint: "Send \"Content-Type: application/json\".")

    static func failure(_ reason: String) -> Refusal {
        Refusal(
            status: .internalServerError, code: "failure", message: "loomkin could not answer: \(reason)",
            hint: "Try again; if it stays so, please report it.")
    }
}
