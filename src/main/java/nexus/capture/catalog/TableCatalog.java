package nexus.capture.catalog;

import java.util.Optional;
import nexus.pgoutput.PgOutputMessage.Begin;
import nexus.pgoutput.PgOutputMessage.Relation;

/**
 * What the catalog said, at the time of the change at hand, of the tables and types that it uses. Object ids are
 * unsigned.
 */
public interface TableCatalog {

    /**
     * The changes that follow are of this transaction.
     *
     * @return whether the answers may be others than those given before
     * @throws CatalogUnavailableException if the database can't be asked
     */
    boolean begin(Begin begin);

    /**
     * A RELATION message: the table, or something it is made of, may have changed.
     *
     * @throws CatalogUnavailableException if the database can't be asked
     */
    void described(Relation relation);

    /**
     * Values of the table are not what its types promise.
     *
     * @throws CatalogUnavailableException if the database can't be asked
     */
    void lookAgain(int oid);

    /** A change of this table becomes an event. */
    void used(int oid);

    /**
     * @return empty when it is not known
     * @throws CatalogUnavailableException if the database can't be asked
     */
    Optional<CatalogTable> table(int oid);

    /**
     * @return empty when it is not known
     * @throws CatalogUnavailableException if the database can't be asked
     */
    Optional<CatalogType> type(int oid);
}
