import LoomSystem
import Testing

@Suite struct AmazonSignatureTests {
    private static let signer = AmazonSignature(
        accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region: "us-east-1", service: "service")
    /// 2015-08-30T12:36:00Z.
    private static let time = Timestamp(seconds: 1_440_938_160)

    @Test(
        arguments: [
            // get-vanilla, get-vanilla-query-order-key-case, post-vanilla, post-vanilla-query, post-x-www-form-urlencoded, get-utf8,
            // get-header-value-trim, get-vanilla-query-unreserved of the Signature Version 4 test suite.
            ("GET", "/", [:], "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            (
                "GET", "/?Param2=value2&Param1=value1", [:], "", "host;x-amz-date",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
            ),
            ("POST", "/", [:], "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            ("POST", "/?Param1=value1", [:], "", "host;x-amz-date", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"),
            (
                "POST", "/", ["Content-Type": "application/x-www-form-urlencoded"], "Param1=value1", "content-type;host;x-amz-date",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
            ),
            ("GET", "/\u{1234}", [:], "", "host;x-amz-date", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
            (
                "GET", "/", ["My-Header1": " value1", "My-Header2": " \"a   b   c\""], "", "host;my-header1;my-header2;x-amz-date",
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
            ),
            (
                "GET",
                "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
                    + "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", [:], "", "host;x-amz-date",
                "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"
            ),
        ] as [(String, String, HTTPHeaders, String, String, String)])
    func `a request has the signature of Amazon's test suite`(
        method: String, path: String, headers: HTTPHeaders, body: String, signed: String, signature: String
    ) {
        let request = HTTPRequest(method: method, url: "https://example.amazonaws.com" + path, headers: headers, body: Array(body.utf8))
        let sent = Self.signer.sign(request, at: Self.time)
        #expect(sent.headers["x-amz-date"] == "20150830T123600Z")
        #expect(
            sent.headers["authorization"]
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=\(signed), "
                + "Signature=\(signature)")
    }

    @Test func `the example of Amazon's manual is signed as there`() {
        let signer = AmazonSignature(
            accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region: "us-east-1", service: "iam")
        let request = HTTPRequest(
            url: "https://IAM.amazonaws.com:443/?Action=ListUsers&Version=2010-05-08",
            headers: ["content-type": "application/x-www-form-urlencoded; charset=utf-8"])
        #expect(
            signer.sign(request, at: Self.time).headers["authorization"]?.hasSuffix(
                "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7") == true)
    }

    @Test func `a temporary key goes with its token, which is signed too`() {
        let signer = AmazonSignature(accessKey: "A", secretKey: "hush", sessionToken: "token", region: "eu-west-1", service: "bedrock")
        let sent = signer.sign(HTTPRequest(method: "POST", url: "https://h/model/a%3A0/converse-stream"), at: Self.time)
        #expect(sent.headers["x-amz-security-token"] == "token")
        #expect(sent.headers["authorization"]?.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,") == true)
        #expect("\(signer) \(String(reflecting: signer))".contains("hush") == false)
    }
}

@Suite struct GoogleServiceAccountTests {
    static func file(_ key: String = TestKeys.rsa, _ changes: [String: JSON] = [:]) -> [UInt8] {
        let file: [String: JSON] = [
            "type": "service_account", "project_id": "p-1", "private_key_id": "k-1", "private_key": .string(key),
            "client_email": "bot@p-1.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token",
        ]
        return JSON.object(file.merging(changes) { $1 }).bytes()
    }

    @Test(arguments: [TestKeys.rsa, TestKeys.pkcs1])
    func `RS256 is what openssl signs`(pem: String) throws {
        let signature = try RSAKey(pem: pem).signature(of: Array("header.claims".utf8))
        #expect(Hash.base64URL(signature) == TestKeys.signature)
    }

    @Test(arguments: [
        ("", "the private key is no PEM text that can be read"), ("hush", "the private key is no PEM text that can be read"),
        (TestKeys.encrypted, "the private key is no PEM text that can be read"),
        (TestKeys.ellipticCurve, "the private key is no RSA key"),
    ])
    func `what is no RSA key is refused, and not repeated`(pem: String, reason: String) {
        let error = #expect(throws: RSAKey.Fault.self) { try RSAKey(pem: pem) }
        #expect(error?.description == reason)
    }

    @Test func `an account signs a token with what the server wants to know`() throws {
        let account = try GoogleServiceAccount(Self.file())
        #expect(account.projectID == "p-1")
        let token = try account.assertion(at: Timestamp(seconds: 1_700_000_000))
        let header = Hash.base64URL(Array(#"{"alg":"RS256","kid":"k-1","typ":"JWT"}"#.utf8))
        let claims: JSON = [
            "iss": "bot@p-1.iam.gserviceaccount.com", "scope": "https://www.googleapis.com/auth/cloud-platform",
            "aud": "https://oauth2.googleapis.com/token", "iat": 1_700_000_000, "exp": 1_700_003_600,
        ]
        let text = "\(header).\(Hash.base64URL(claims.bytes()))"
        #expect(token == text + "." + Hash.base64URL(try RSAKey(pem: TestKeys.rsa).signature(of: Array(text.utf8))))
        let request = try account.tokenRequest(at: Timestamp(seconds: 1_700_000_000))
        #expect(request.url == "https://oauth2.googleapis.com/token")
        #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(token)")
    }

    @Test(arguments: ["https://t.example/", "http://127.0.0.1:9/token", "http://localhost/token"])
    func `a token server is asked by https, or on this machine`(uri: String) throws {
        #expect(try GoogleServiceAccount(Self.file(TestKeys.rsa, ["token_uri": .string(uri)])).tokenURI == uri)
    }

    @Test(
        arguments: [
            (Array("hush".utf8), "it is no JSON object"), (Array("[]".utf8), "it is no JSON object"),
            (file(TestKeys.rsa, ["type": "authorized_user"]), "it is no key of a service account: its type is not \"service_account\""),
            (file(TestKeys.rsa, ["client_email": nil]), "it has no client_email"), (file(""), "it has no private_key"),
            (file(TestKeys.rsa, ["token_uri": "http://a.example/"]), "its token_uri is no https URL"),
            (file("hush"), "the private key is no PEM text that can be read"),
        ] as [([UInt8], String)])
    func `a file that is no key says why, and shows nothing of itself`(file: [UInt8], reason: String) {
        let error = #expect(throws: GoogleServiceAccount.Fault.self) { try GoogleServiceAccount(file) }
        #expect(error?.description == reason)
    }
}
