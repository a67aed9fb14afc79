package nexus.capture.catalog;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The current catalog of the source database, which may be newer than the change being read. Object ids are unsigned. */
public interface CatalogSource {

    /**
     * Tables of one snapshot.
     *
     * @param publishesWholeSchemas whether tables are published that no publication names; unknown when there are no tables
     * @param typeOids types of their columns that are not built in
     */
    record Tables(boolean publishesWholeSchemas, List<Seen<CatalogTable>> tables, Set<Integer> typeOids) {}

    /**
     * Reads tables in one statement, so that the result is of one snapshot.
     *
     * @return the tables that exist
     * @throws CatalogUnavailableException if the database cannot be queried
     */
    Tables tables(Collection<Integer> oids);

    /**
     * All tables whose changes are published, partitions among them.
     *
     * @param andAlso further tables
     * @throws CatalogUnavailableException if the database cannot be queried
     */
    Tables published(Collection<Integer> andAlso);

    /**
     * @return the types that exist
     * @throws CatalogUnavailableException if the database cannot be queried
     */
    List<Seen<CatalogType>> types(Collection<Integer> oids);
}
