package nexus.source;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import nexus.doctor.publication.PublicationFacts;
import nexus.event.Operation;
import nexus.replication.table.Published;

/**
 * A publication as the API shows it.
 *
 * @param isOurs whether Nexus's role may change it
 * @param tables number of tables that are published by name
 * @param added how many of these Nexus added, and takes away again
 */
@RegisterForReflection
record PublicationView(
        String name,
        String owner,
        boolean isOurs,
        List<String> operations,
        boolean allTables,
        List<String> schemas,
        int tables,
        int added) {
    static PublicationView of(String name, PublicationFacts facts) {
        Published published = facts.published();
        return new PublicationView(
                name,
                facts.owner(),
                facts.isOurs(),
                published.operations().stream().sorted().map(Operation::segment).toList(),
                published.allTables(),
                published.schemas().stream().sorted().toList(),
                published.members().size(),
                (int) published.members().keySet().stream()
                        .filter(published::isOurs)
                        .count());
    }
}
