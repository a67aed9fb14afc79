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
 * Completes the audit's entry of a change in the transaction that makes the change, so that a connection that is closed
 * meanwhile, or a process that ends, leaves no change without it. Every resource method that changes something makes one
 * of its request and sees to it that the entry is completed.
 */
public final class AuditedChange {
    /** For changes that no request asks for. */
    public static final AuditedChange NONE =
            new AuditedChange((transaction, status, resourceId, fields) -> Future.succeededFuture(), 0, List::of);

    private static final String ASKED_FOR = AuditedChange.class.getName();

    private final Entry entry;
    private final int status;
    private final Supplier<List<String>> fields;

    /** The entry of a request as the audit keeps it. */
    @FunctionalInterface
    public interface Entry {
        /** @param transaction empty for one of its own */
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
     * The change that a request asks for.
     *
     * @param status of the answer when it is made
     * @throws Refusal when the connection is closed already: then the entry is gone
     */
    public static AuditedChange of(RoutingContext request, int status) {
        if (request.response().closed()) {
            throw new Refusal.Malformed("The connection was closed before the change was begun.");
        }
        request.put(ASKED_FOR, true);
        Entry entry = request.get(Entry.class.getName());
        return entry == null ? NONE : new AuditedChange(entry, status, () -> ChangeNote.fields(request));
    }

    /** Whether the request has come so far that the change may be made. */
    public static boolean isAskedFor(RoutingContext request) {
        return request.get(ASKED_FOR) != null;
    }

    /**
     * Called last in the transaction; when it fails, nothing is changed.
     *
     * @param resourceId what is changed; null when that has no id
     */
    public Future<Void> complete(SqlConnection transaction, @Nullable String resourceId) {
        return entry.complete(Optional.of(transaction), status, resourceId, fields.get());
    }

    /**
     * Completes the entry in a transaction of its own: before a change outside the store, which must not be made when
     * this fails, and for a request that turns out to change nothing.
     */
    public Future<Void> complete(@Nullable String resourceId) {
        return entry.complete(Optional.empty(), status, resourceId, fields.get());
    }
}
