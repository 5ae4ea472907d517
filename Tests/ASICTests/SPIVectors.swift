import Mining

/// Whole frames and the header that they were made from: the share of `AcceptedShare`, as a block header.
enum SPIVector {
    static let header = BlockHeader(
        bytes: bytes(
            """
            0040b420fd55646bc162b96dfcd4f201a3f4670d1d3996bc96520100000000000000000006ddf5f08c36414b95ea54db71a0c2\
            8761a98bcf6355919e044f88725519a7cbd7685468043a02174c035275
            """))!

    /// The same header with another version.
    static func header(version: UInt32) -> BlockHeader {
        var header = header
        header.version = version
        return header
    }

    /// The job for A1 chip 3 under id 1.
    static let a1Job = bytes(
        """
        1703FB3BDEA464065F7D1BBA6DD6EE81C4B4A2F820FBE66DB93956B58F7CCC118B7E5519A7CBD7685468043A02170000\
        0000FFFF001DFFFFFFFF0000
        """)

    /// The job for T1 chip 3 under id 1: versions 20000000, 20004000, 20008000, 20010000.
    static let t1Job = bytes(
        """
        1C0386CD9326B912C85D0954D081E6C7EEE90AF7EAA2516B1A084DDB5A6EA46781B3C2E0776796DCD2C343A0162239DA\
        C7295060C413B7F5F0D598FDAD787793DD8BF565AEB5BF5D5A96616A020CEAE76F96422282FDCFF5DD05932C0E97A9E9\
        902ADF9D7071931CFC47C359A988FABFDFC3CA30F52195F313F8FD0981CF7D6E91C65519A7CBD7685468043A02170000\
        0000FF01001DFFFFFFFF00000000BFBD0000
        """)
}
