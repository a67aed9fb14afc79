package nexus.capture.catalog;

import java.util.Optional;
import nexus.pgoutput.PgOutputMessage.Begin;
import nexus.pgoutput.PgOutputMessage.Relation;

/**
 * The descriptions of tables and types at the time of the current change. Object ids are unsigned.
 */
public interface TableCatalog {

    /**
     * Starts a transaction, to which the following changes belong.
     *
     * @return whether descriptions may differ from earlier ones
     * @throws CatalogUnavailableException if the database cannot be queried
     */
    boolean begin(Begin begin);

    /**
     * Handles a RELATION message: the table or its types may have changed.
     *
     * @throws CatalogUnavailableException if the database cannot be queried
     */
    void described(Relation relation);

    /**
     * Reads the table again because its values do not match its types.
     *
     * @throws CatalogUnavailableException if the database cannot be queried
     */
    void readAgain(int oid);

    /** Records that a change of this table becomes an event. */
    void used(int oid);

    /**
     * @return empty when it is unknown
     * @throws CatalogUnavailableException if the database cannot be queried
     */
    Optional<CatalogTable> table(int oid);

    /**
     * @return empty when it is unknown
     * @throws CatalogUnavailableException if the database cannot be queried
     */
    Optional<CatalogType> type(int oid);
}
