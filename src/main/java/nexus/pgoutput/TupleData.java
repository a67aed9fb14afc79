package nexus.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The columns of one row, in the order of its RELATION message. The values are ranges of the message's bytes, so that a row
 * of a thousand columns does not need a thousand objects.
 */
public final class TupleData {
    /** The kind of a column's value. */
    public enum Kind {
        NULL,
        /** A TOASTed value that the change did not touch: not in the WAL. */
        UNCHANGED,
        /** The type's output text, in the session's client encoding. */
        TEXT,
        /** The type's send format; only with the option {@code binary}. */
        BINARY,
        /** Dropped by {@link MessageShortener} because the row is too large. */
        OMITTED
    }

    private final byte[] message;
    private final Kind[] kinds;
    private final int[] bounds; // start and end of each value

    TupleData(byte[] message, Kind[] kinds, int[] bounds) {
        this.message = message;
        this.kinds = kinds;
        this.bounds = bounds;
    }

    /**
     * A row that was read by a query.
     *
     * @param values the output texts in UTF-8; null for NULL
     * @param isOmitted for each column, whether its value was too large to be read
     */
    public static TupleData of(List<byte @Nullable []> values, IntPredicate isOmitted) {
        int total = 0;
        for (byte[] value : values) {
            total += value == null ? 0 : value.length;
        }
        byte[] message = new byte[total];
        Kind[] kinds = new Kind[values.size()];
        int[] bounds = new int[2 * kinds.length];
        int at = 0;
        for (int i = 0; i < kinds.length; i++) {
            byte[] value = values.get(i);
            if (isOmitted.test(i)) {
                kinds[i] = Kind.OMITTED;
            } else if (value == null) {
                kinds[i] = Kind.NULL;
            } else {
                kinds[i] = Kind.TEXT;
                System.arraycopy(value, 0, message, at, value.length);
                bounds[2 * i] = at;
                at += value.length;
                bounds[2 * i + 1] = at;
            }
        }
        return new TupleData(message, kinds, bounds);
    }

    public int size() {
        return kinds.length;
    }

    public Kind kind(int column) {
        return kinds[column];
    }

    /**
     * The array with the message; a value is the range from {@link #from} to {@link #to}. It is not a copy and must not be
     * changed.
     */
    public byte[] bytes() {
        return message;
    }

    public int from(int column) {
        return bounds[2 * column];
    }

    /** Whether any value was dropped. */
    public boolean isShortened() {
        for (Kind kind : kinds) {
            if (kind == Kind.OMITTED) {
                return true;
            }
        }
        return false;
    }

    /** Memory that the values keep, in bytes: that of the whole message. */
    public int heldBytes() {
        return message.length;
    }

    /** Exclusive. */
    public int to(int column) {
        return bounds[2 * column + 1];
    }

    /** The value decoded from UTF-8, for values of {@link Kind#TEXT}. */
    public String text(int column) {
        return new String(message, from(column), to(column) - from(column), StandardCharsets.UTF_8);
    }

    /** Whether a column has the same kind and bytes as in another row. */
    public boolean sameValue(int column, TupleData other) {
        return kinds[column] == other.kinds[column]
                && Arrays.equals(
                        message, from(column), to(column), other.message, other.from(column), other.to(column));
    }
}
