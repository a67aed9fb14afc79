package nexus.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a result. Columns are read by name: a few rows directly, many by a reader that finds its columns with
 * {@link #column} once for the whole result.
 */
public final class Rows {
    private Rows() {}

    /** The first row; empty when there is none. */
    public static <T> Optional<T> first(RowSet<Row> rows, Function<Row, T> read) {
        for (Row row : rows) {
            return Optional.of(read.apply(row));
        }
        return Optional.empty();
    }

    /** The only row of a statement that always returns one. */
    public static Row only(RowSet<Row> rows) {
        return rows.iterator().next();
    }

    /** All rows, in their order. */
    public static <T> List<T> all(RowSet<Row> rows, Function<Row, T> read) {
        List<T> all = new ArrayList<>(rows.size());
        for (Row row : rows) {
            all.add(read.apply(row));
        }
        return all;
    }

    /**
     * The index of a column, the same for all rows of a result.
     *
     * @throws NoSuchElementException when the result has no such column
     */
    public static int column(RowSet<Row> rows, String name) {
        int index = rows.columnsNames().indexOf(name);
        if (index < 0) {
            throw new NoSuchElementException("no column " + name + " in " + rows.columnsNames());
        }
        return index;
    }

    /** A time that is never null. */
    public static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    /** A time that may be null. */
    public static Optional<Instant> time(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }

    /** Converts a time to the client's type. */
    public static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** Converts a time to the client's type; null stays null. */
    public static @Nullable OffsetDateTime utc(Optional<Instant> instant) {
        return instant.map(Rows::utc).orElse(null);
    }
}
