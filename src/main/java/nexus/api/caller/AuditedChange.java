package nexus.api.caller;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;

/**
 * Completes the audit's entry of a change in the transaction that makes the change, so that a connection that is closed
 * meanwhile, or a process that ends, leaves no change without it.
 */
@FunctionalInterface
public interface AuditedChange {
    /** For changes that no request asks for. */
    AuditedChange NONE = (transaction, resourceId) -> Future.succeededFuture();

    /** Called last in the transaction; when it fails, nothing is changed. */
    Future<Void> complete(SqlConnection transaction, String resourceId);

    /** The entry of a request as the audit keeps it. */
    @FunctionalInterface
    interface Entry {
        Future<Void> complete(SqlConnection transaction, int status, String resourceId, List<String> fields);

        default void putInto(RoutingContext request) {
            request.put(Entry.class.getName(), this);
        }
    }

    /**
     * The change that a request asks for.
     *
     * @param status of the answer when it is made
     */
    static AuditedChange of(RoutingContext request, int status) {
        Entry entry = request.get(Entry.class.getName());
        return entry == null
                ? NONE
                : (transaction, resourceId) ->
                        entry.complete(transaction, status, resourceId, ChangeNote.fields(request));
    }
}
