/// This product, as pools, logs and `ballastd version` name it.
public enum Product {
    public static let name = "ballast"
    public static let version = "0.1.0"
    /// What pools are told: `ballast/0.1.0`.
    public static let agent = name + "/" + version
}
