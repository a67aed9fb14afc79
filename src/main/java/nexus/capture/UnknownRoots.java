package nexus.capture;

import java.util.Set;
import nexus.capture.catalog.CatalogTable;
import nexus.pgoutput.Lsn;
import nexus.pgoutput.PgOutputMessage.Relation;

/** Told of a table whose changes may be those of a partitioned table, and nobody can say any more of which. */
@FunctionalInterface
public interface UnknownRoots {

    /**
     * @param relation under whose own name its changes are events
     * @param candidates partitioned tables that it may have been a part of
     * @param commitLsn of the transaction in which it was first met
     */
    void found(Relation relation, Set<CatalogTable.Name> candidates, Lsn commitLsn);
}
