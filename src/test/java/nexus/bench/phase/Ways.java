package nexus.bench.phase;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import nexus.bench.subject.EventSource;
import nexus.bench.subject.RowWriter;
import nexus.bench.subject.Subject;

/** The ways in: row changes, if there is a source, and published events. */
final class Ways implements AutoCloseable {
    private final List<Way> all = new ArrayList<>();
    private final List<RowWriter> rows;

    /**
     * One of them.
     *
     * @param field in JSON
     * @param title in the table
     */
    record Way(String field, String title, List<? extends EventSource> writers) {}

    /** @param name of the table and of the type, which are subscribed to */
    Ways(Subject subject, String name) throws SQLException {
        rows = subject.rowWriters(name);
        if (!rows.isEmpty()) {
            all.add(new Way("rows", "Row changes", rows));
        }
        all.add(new Way("published", "Published events", subject.publishers(name)));
    }

    List<Way> all() {
        return all;
    }

    @Override
    public void close() throws SQLException {
        for (RowWriter writer : rows) {
            writer.close();
        }
    }
}
