import LoomSystem

/// Keys made for these tests; they open nothing.
enum TestKeys {
    static let rsa: String = {
        let folder = (0..<3).reduce("\(#filePath)") { path, _ in FilePath.parent(of: path) }
        return (try? LiveFileSystem().read(folder + "/rsa.pem")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }()

    static let pkcs1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEogIBAAKCAQEAsw2GnPYPiqZdow0WZV1XxN5aQ7NaPRKBAM9g9ScXImac9kiu
        E4PPmjmvbOmA75H2Lz8bXFKkP09vpP3Fx8aPm2E8sasyWzeEk2AxywOYNJbjlbpk
        9hK0Q98RwaeHEj4rplupHsEhuUbMZB2QW0ASVA3HYBBZIeRa8S9udUFNzFy1zBy0
        XyOp4k54HlDZYy1bEGF+5JD9fJfSuBaeRBKEa6gH2iW4l9Yd009B6e25W0f64xgo
        zskjpo10f3xhHaUEFc07W8coP6PYdB22JI+vCyPw3MMPwjZC3cuBU0MZbPXrGrTR
        BXCTAXvvkgWsgM3tbA+4/eoXPqCgrkqGwJMyPwIDAQABAoIBAAWRDpXTqpEHchLP
        JdqZ59Alj43aRhxu9lbFm8CTags2QHwBr3PI3cvwLi2HJuyLz6kRX7LjmNqlCBYL
        k7oNyMouYDov1d1zIOqKC5JBttovtLyjcl8aHsObbExmfnMJPscpw1zC6V7+vf0A
        1EuZ9tfpI8EvUO4WUON9s4Put1H6pJXRg0c9PGadItTRZ6u8B4YpxTBIMfg859Ba
        MUBIt09gAK2d3b37m59w82/BGFQg2MAIz8FSe1o3XYTEZT/LlSd43HgpAmuJ7nyD
        Cjb0OivlAhfdID0cG43LYpOexiRBDTg38fRdqKtOa4ljY1e85imwfDeS1TX9tvo0
        lVIBEIECgYEA2a/xhHDW0beIHXI4pvR/N6HAJnlavFxMxtnnAhV7rvl1nATi7uXW
        0Ke5itG+O2V4tIGa0HW3VQkHTBk9AENm9ILLruhls0TkL8voOw7lS/b+rQ6X5Knm
        P4hIxk1UA20D5nYzy5Gg8WL711QtsRkl0xMsSfagMDrjmy0qN8LBML8CgYEA0pDh
        O8XHNEh8Kw8Si17zFaZhGNYWPw+5SuitLa5PhNV6uQbCVZ56e3bGCm8AbYka/aXV
        Eji/zWWVxWAJ+j11qiwqE4P35+ABTgML3Tani1UUvoNR6qw3DVXFBihhEztp4s90
        Hvtd60BBiyrRa2afAZWOUk+3XZT+C9wFqzQM3oECgYAeqIbtTi8TDjQfYYzVBq48
        GY3EXWcIDD/L6bh9NKVcuUl1FcMYPkqIzHZ3NJ8EIoBje7VgEpQlZ8YdU5ihxtxj
        J2CkW5qnKtawXJlyZ+CnWDv6B4og7ES/QeRt+UoRyXK5LICS9QmjtXsekn506MPI
        /HRKXm+lG0Ye/rdpbwZiZQKBgGe+C8poQiInSE3qqidSi49yHsqex+0f8RnQE2q7
        Q+BdUY6RnvOSFiR4O1BuqhZNg6fOqXDF1vH6h9Tr4V6SI0PJaJ2e2mg6vEnURGck
        A14peAP5LUXivWjrhhvnjxRrpFqj/UE6dWZvjRtk6DLzJ4ofRjSVo/EOdDAhogVc
        qq6BAoGAfv8wYF3GgFuFa+cBeENWWhqrS8TGSL14L7luytrgu6oOm7Up8Z7fLIgn
        Y2OvPgmM2WqIn7ggINKyJC8RhhHu+kyB0E97IeQVS4/DKilpjc91iLUYsebFFSQ8
        4U2rTAKNpVYkAZKAy8DiuHwP2+7BIoxajMK9KQkedyuDXY+aWq4=
        -----END RSA PRIVATE KEY-----
        """

    static let ellipticCurve = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkvk0V07HGXeLSArm
        8J/ZGT6OQqpuTpE7y6B/cYYyb9KhRANCAARwvOpZWIaK1AV9BYIz4nK5xnPbNyz6
        4SXJtOLP+atLb3RzxJSJqyxktz909JmqpfVhodt90QckjA7UbGzL2ErB
        -----END PRIVATE KEY-----
        """

    static let encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIK9kN0bjFtKsCAggA
        MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBCX3XlHPCArKEIWvnU3DzS6BIIE
        0Gz0NXusIDT3PdGeswV986b6Jz3Relie+x/DjJn+6ChnP4oggFxq1zv4iQ1OxJ5n
        tc4GsavBn4IiAtWpex8ysrbdiZR2fntjKQ89ewTGL8P8zoOQAarOp8ElCE15CdyQ
        WsBP+AXYwYkuVGWr30/0QPDfhMnH1NxFahJrxOezHaxwkw8CuN7jwboNO5JJ4aa5
        hf6WgiCGLr9tnJVDFp8K+xiXWA+TLnaXfmKYDKsuWDUcq3Jds1dg4O1lT3q8qPE6
        LTrFUAZwv2JCpyJK9ucdZeWodcx5m73KmZmNSuuARetX9La4mmjz5PKpqgFnIL9q
        antm+0ec+3GIbJFsOKH4bo8XREX1hf7FQBPDgbpGqYAqRD/WFVImzTnRCdxnMuZ4
        c8LvYeESndr+Mp07XBHgzKMDxHztlHSKxi53gTJ+kbR/HGypGvfmPFo9yiNuVxBm
        4mfWO/BOqthgRgisTs+PQfTDUy5QU9WLjx+el3tUclKZG9GVa4LIcJjhLnM9x9YM
        I87mXpARV6BY9wI92i+M7cWpz1Q7WjQ+3UCG+h22YTwb8/tu2DiX7K+DolqNEdKj
        W2MWW7WvFAiwjdMlQV23RJaHiVVmfi85gvwzOakP5gxvAA4IY8zNRLdjgKWjAaxV
        9XGIgSGmAEGynijTPZZmQV+8+km33u2FVBtTFlpSw/K5jAFijju0VsaafWcmezoP
        B8UpIr49z2j+UY+xy0z91F5l4s3IU0ny855D3iOAl3B1dNjcFLQnJokDcbnC0eCS
        Pgy06L8/p/gMZ7jgWrUdxh3M9ec+DGKj9M/nOMeiMQhsqbhKZ7sVx93A8EmlCe31
        LOgi6ag2qhJhPL1u0GOnS3Ah/tYEK+74lsgbWXsy/gLgt9uTSiMYGIR5H0b6tS65
        Bv1q+tGffmZMkNX4fy8ntAKDuAYAUjlp+KR21UpbimtMKCvpSTRi4afDVetjAdf2
        tAJ1C04SnoSvv7f3dsE385PWH77WHUtZMGaKhu1lwCGI7IrWNMV0H/amBXCIsRM6
        KkxoivrTzrbuqM5d3Z5QAYUQ9iDzfooxQ15i0Y+QumqgEpY0x5mjPqvOTkG4hqhk
        iaHEqiLWyM8L9M1DFamXPWUOIAfdjqjZ/pcxKhNsc9x0mSBy0BL6GvPEZVFmqNZh
        U3Fzr0qG8ykiz4Naa+H2RXzrgR9ZLLQVekif9Qspt9AzpVtitofLjvfxaaaxptyv
        JHit/AUvQ4pPM873qPyQbSglj6F/kVe6DRo2f4CWRCJ5MNduo8oxpEush/XTx04b
        xm0cuNkEvDS107HYG9xHI4NEl/l50+99Oav5f57gZI2+L+iR9SyYCJ9DjGIE0T1D
        TuXmcwHKGsnzPyAqKSSLnIYT77EF8pJUz7EtteEHJSGYkNRTRm5nDBU5QVN3Jg9P
        EjQmEqRFqvxyswAJ4o/7VILIbrJuVXp0+vPuKSYry1iOlZloEORPgw69aYF8tqnH
        Fh8UTYffAd5PVurGJ3atGRKM6tOBlfpt4UNTyBhNDzeY606SYfagxEnWVA/h024t
        MEAJ+41MUqtoemGv1F5J/Mb91TJQDckDJPCIy+uQQIK13hsToYTHlXkxnxZ4do1L
        8LKApPU4TTGKBCLYAiRVjXulb6fbVWMEoQtIzaJ6zQGv
        -----END ENCRYPTED PRIVATE KEY-----
        """

    /// What `openssl dgst -sha256 -sign` makes of `header.claims` with the RSA key.
    static let signature =
        "igOUR6pM0-eTkH79H9pWszOX5V9QMVsZ8Mdrx4IbaFytPT6KKrS90k7_-sA8Iym3h5Ns-ySE8vDzaPpJVI66jo66GZBKjkKGLG4w"
        + "3_f5J5xq8Nh-j2fTjwuZQwTyiYy7ekWu1FseiI6-JCf0ckQbXi-1MKkGlq24RvyiFmjwwM-bldy82nuYaA7WE7h3CKcOHaDa_quh"
        + "CaaLqEtcVpVq1L_OvBNjLeS3tp4M2aqNN_WiHGxfP0Q-4sgCBOhooI2vrH9FYxZ5TE4UrAZsMFZY8ujJU06vzJ81aM0A_FpJQoBP"
        + "g-i6BEFCbx2bs466RHEjblD8-0n9fEFowSth3tvBXg"
}
