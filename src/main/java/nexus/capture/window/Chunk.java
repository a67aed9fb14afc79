package nexus.capture.window;

import java.util.List;
import nexus.capture.catalog.CatalogTable;
import nexus.event.IncomingEvent.Recipient;
import nexus.pgoutput.PgOutputMessage.Relation;
import nexus.pgoutput.TupleData;

/**
 * Rows of one table or partition that one query has read, in the form in which the stream has them.
 *
 * @param relation as the stream would describe it
 * @param seen the transactions whose changes the rows contain
 */
public record Chunk(
        Window window,
        Recipient recipient,
        Relation relation,
        CatalogTable table,
        List<TupleData> rows,
        SeenTransactions seen) {
    public Chunk {
        rows = List.copyOf(rows);
    }

    /** The rows stay out of logs. */
    @Override
    public String toString() {
        return "Chunk[relation=" + relation.oid() + ", rows=" + rows.size() + "]";
    }
}
