package nexus.bench.subject;

import java.sql.SQLException;

/** Makes events of one kind and notes them in the ledger. For one thread. */
public interface EventSource extends AutoCloseable {
    /** Commits so many at once. */
    void write(int count) throws Exception;

    @Override
    void close() throws SQLException;
}
