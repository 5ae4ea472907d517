import Base

@main
enum Main {
    static func main() {
        print("ballastd \(Instant(nanoseconds: 3).nanoseconds)")
    }
}
