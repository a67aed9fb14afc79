package nexus.api.caller;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import nexus.refusal.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Completes the audit entry of a change in the transaction that makes the change, so that no change lacks its entry if
 * the connection closes meanwhile or the process ends. Every resource method that makes a change creates one for its
 * request and ensures that the entry is completed.
 */
public final class AuditedChange {
    /** For changes without a request. */
    public static final AuditedChange NONE =
            new AuditedChange((transaction, status, resourceId, fields) -> Future.succeededFuture(), 0, List::of);

    private static final String ASKED_FOR = AuditedChange.class.getName();

    private final Entry entry;
    private final int status;
    private final Supplier<List<String>> fields;

    /** The audit entry of a request. */
    @FunctionalInterface
    public interface Entry {
        /** @param transaction empty for a separate transaction */
        Future<Void> complete(
                Optional<SqlConnection> transaction, int status, @Nullable String resourceId, List<String> fields);

        default void putInto(RoutingContext request) {
            request.put(Entry.class.getName(), this);
        }
    }

    private AuditedChange(Entry entry, int status, Supplier<List<String>> fields) {
        this.entry = entry;
        this.status = status;
        this.fields = fields;
    }

    /**
     * The change that a request makes.
     *
     * @param status status of the answer if the change is made
     * @throws Refusal if the connection is closed already, because the entry is then gone
     */
    public static AuditedChange of(RoutingContext request, int status) {
        if (RequestEnd.of(request).isOver()) {
            throw new Refusal.Malformed("The connection was closed before the change was begun.");
        }
        request.put(ASKED_FOR, true);
        Entry entry = request.get(Entry.class.getName());
        return entry == null ? NONE : new AuditedChange(entry, status, () -> ChangeNote.fields(request));
    }

    /** Whether the request has reached the point at which the change may be made. */
    public static boolean isAskedFor(RoutingContext request) {
        return request.get(ASKED_FOR) != null;
    }

    /**
     * Called as the last step of the transaction; if it fails, nothing is changed.
     *
     * @param resourceId id of the changed resource; null if it has none
     */
    public Future<Void> complete(SqlConnection transaction, @Nullable String resourceId) {
        return entry.complete(Optional.of(transaction), status, resourceId, fields.get());
    }

    /**
     * Completes the entry in a separate transaction: before a change outside the store, which must not be made if this
     * fails, and for a request that changes nothing.
     */
    public Future<Void> complete(@Nullable String resourceId) {
        return entry.complete(Optional.empty(), status, resourceId, fields.get());
    }
}
