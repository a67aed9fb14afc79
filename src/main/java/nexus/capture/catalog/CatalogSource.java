package nexus.capture.catalog;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The source database's catalog as it is now, which may be later than the change at hand. Object ids are unsigned. */
public interface CatalogSource {

    /**
     * Tables of one moment.
     *
     * @param publishesWholeSchemas whether tables are published that no publication names; not known without any tables
     * @param typeOids types of their columns that are not built in
     */
    record Tables(boolean publishesWholeSchemas, List<Seen<CatalogTable>> tables, Set<Integer> typeOids) {}

    /**
     * One statement, so that what belongs together is of one moment.
     *
     * @return those of the tables that exist
     * @throws CatalogUnavailableException if the database can't be asked
     */
    Tables tables(Collection<Integer> oids);

    /**
     * All tables whose changes are published, partitions among them.
     *
     * @param andAlso others
     * @throws CatalogUnavailableException if the database can't be asked
     */
    Tables published(Collection<Integer> andAlso);

    /**
     * @return those of the types that exist
     * @throws CatalogUnavailableException if the database can't be asked
     */
    List<Seen<CatalogType>> types(Collection<Integer> oids);
}
