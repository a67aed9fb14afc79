package nexus.capture.catalog;

/** Compares transaction ids: unsigned 32-bit numbers that wrap around, ordered by the shorter distance. */
public final class Xid {
    /** Older than every transaction. */
    public static final int FROZEN = 2;

    private static final int LONG = 1 << 29;

    private Xid() {}

    /** Whether {@code a} is older than {@code b}. */
    public static boolean precedes(int a, int b) {
        if (isPermanent(a) || isPermanent(b)) {
            return Integer.compareUnsigned(a, b) < 0;
        }
        return a - b < 0;
    }

    /** Whether an eighth of all ids lies between them. */
    static boolean isLongBefore(int a, int b) {
        return precedes(a, b) && (isPermanent(a) || b - a > LONG);
    }

    private static boolean isPermanent(int xid) {
        return xid >= 0 && xid <= FROZEN;
    }
}
