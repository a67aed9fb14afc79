package nexus.pgoutput;

/**
 * A position in the WAL, an unsigned 64-bit number. Two positions are comparable only within one system identifier and
 * timeline history.
 */
public record Lsn(long value) implements Comparable<Lsn> {
    /** "No position", which the server sends where it has none. */
    public static final Lsn ZERO = new Lsn(0);

    private static final int MAX_HEX_DIGITS = 8;

    /**
     * @param text as {@code pg_lsn} writes it, {@code 0/1A2B3C8}
     * @throws IllegalArgumentException if it is anything else
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw notAnLsn(text);
        }
        return new Lsn(half(text, 0, slash) << 32 | half(text, slash + 1, text.length()));
    }

    /** Bytes from the beginning of the WAL, for a measurement; beyond 2^53 the last digits are lost. */
    public double bytes() {
        return (value >>> 32) * 0x1p32 + (value & 0xffff_ffffL);
    }

    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    // written out for the native executable, as in event.EventType
    @Override
    public boolean equals(Object other) {
        return other instanceof Lsn lsn && value == lsn.value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    /** As {@code pg_lsn} writes it. */
    @Override
    public String toString() {
        String high = Integer.toHexString((int) (value >>> 32));
        String low = Integer.toHexString((int) value);
        StringBuilder text = new StringBuilder(high.length() + 1 + low.length());
        upperCase(high, text);
        text.append('/');
        upperCase(low, text);
        return text.toString();
    }

    private static long half(String text, int from, int to) {
        if (to - from < 1 || to - from > MAX_HEX_DIGITS) {
            throw notAnLsn(text);
        }
        long half = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw notAnLsn(text);
            }
            half = half << 4 | digit;
        }
        return half;
    }

    private static void upperCase(String hex, StringBuilder to) {
        for (int i = 0; i < hex.length(); i++) {
            char c = hex.charAt(i);
            to.append(c >= 'a' ? (char) (c - 'a' + 'A') : c);
        }
    }

    private static IllegalArgumentException notAnLsn(String text) {
        return new IllegalArgumentException("not an LSN: " + text);
    }
}
