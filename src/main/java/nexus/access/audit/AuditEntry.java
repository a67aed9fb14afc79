package nexus.access.audit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One change through the API.
 *
 * @param actor the id of a stored key; {@code env:} and the place of one of {@code API_KEYS} among them; {@code open}
 * @param actorName the stored key's name then
 * @param address from which the connection came
 * @param resourceId what was made or changed
 * @param fields names of the fields that the request gave
 * @param status of the answer, read by anybody or not; empty when nothing was changed before the connection or the
 *     process ended
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
