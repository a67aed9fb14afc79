package nexus.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The columns of one row, in the order of its RELATION message. The values stay where they are in the message's bytes:
 * a row of a thousand columns makes no thousand objects.
 */
public final class TupleData {
    /** What is known of one column's value. */
    public enum Kind {
        NULL,
        /** A TOASTed value that the change did not touch: not in the WAL. */
        UNCHANGED,
        /** The type's output text, in the session's client encoding. */
        TEXT,
        /** The type's send format; only when the option {@code binary} was asked for. */
        BINARY,
        /** Left out by {@link MessageShortener}, as the row is too big. */
        OMITTED
    }

    private final byte[] message;
    private final Kind[] kinds;
    private final int[] bounds; // from and to of each value

    TupleData(byte[] message, Kind[] kinds, int[] bounds) {
        this.message = message;
        this.kinds = kinds;
        this.bounds = bounds;
    }

    public int size() {
        return kinds.length;
    }

    public Kind kind(int column) {
        return kinds[column];
    }

    /**
     * What holds the message and perhaps more; a value is the part from {@link #from} to {@link #to}. Not a copy: don't
     * write to it.
     */
    public byte[] bytes() {
        return message;
    }

    public int from(int column) {
        return bounds[2 * column];
    }

    /** Whether any of its values was left out. */
    public boolean isShortened() {
        for (Kind kind : kinds) {
            if (kind == Kind.OMITTED) {
                return true;
            }
        }
        return false;
    }

    /** What the values keep in memory, in bytes: all that came with them. */
    public int heldBytes() {
        return message.length;
    }

    /** Exclusive. */
    public int to(int column) {
        return bounds[2 * column + 1];
    }

    /** The value decoded as UTF-8; meant for {@link Kind#TEXT}. */
    public String text(int column) {
        return new String(message, from(column), to(column) - from(column), StandardCharsets.UTF_8);
    }

    /** Whether a column holds the same bytes, or the same absence, as another row's. */
    public boolean sameValue(int column, TupleData other) {
        return kinds[column] == other.kinds[column]
                && Arrays.equals(
                        message, from(column), to(column), other.message, other.from(column), other.to(column));
    }
}
