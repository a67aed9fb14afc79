package nexus.capture;

import java.util.Optional;

/**
 * The source database's catalog as it is now, which may be later than the change at hand. Asked rarely: once for a
 * RELATION message and once for each type. Object ids are unsigned.
 */
public interface TableCatalog {

    /**
     * @return empty when the table is gone
     * @throws CatalogUnavailableException if the database can't be asked
     */
    Optional<CatalogTable> table(int oid);

    /**
     * @return empty when the type is gone
     * @throws CatalogUnavailableException if the database can't be asked
     */
    Optional<CatalogType> type(int oid);
}
