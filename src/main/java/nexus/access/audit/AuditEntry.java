package nexus.access.audit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One change through the API.
 *
 * @param actor the id of a stored key, {@code env:} and the position of a key in {@code API_KEYS}, or {@code open}
 * @param actorName the name of the stored key at that time
 * @param address the remote address of the connection
 * @param resourceId the id of the created or changed resource
 * @param fields the names of the fields in the request
 * @param status of the answer, whether or not the caller received it; empty if the connection or the process ended before
 *     anything was changed
 */
public record AuditEntry(
        long id,
        Instant at,
        String actor,
        Optional<String> actorName,
        Optional<String> address,
        Optional<String> userAgent,
        String method,
        String path,
        Optional<String> resourceId,
        List<String> fields,
        Optional<Integer> status) {
    public AuditEntry {
        fields = List.copyOf(fields);
    }
}
