package nexus.capture;

import java.util.Set;
import nexus.capture.catalog.CatalogTable;
import nexus.pgoutput.Lsn;
import nexus.pgoutput.PgOutputMessage.Relation;

/** Receives tables that may have been partitions of a partitioned table that cannot be determined any more. */
@FunctionalInterface
public interface UnknownRoots {

    /**
     * @param relation the table; its events carry its own name
     * @param candidates partitioned tables that it may have belonged to
     * @param commitLsn of the transaction with its first change
     */
    void found(Relation relation, Set<CatalogTable.Name> candidates, Lsn commitLsn);
}
