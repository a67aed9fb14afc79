package nexus.access.audit;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.access.audit.AuditRepository.Origin;
import nexus.access.session.PageCalls;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.Caller;
import nexus.api.caller.ChangeNote;
import nexus.api.caller.RequestEnd;
import nexus.api.json.JsonBody;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes an entry before each change, and the change completes it in its own transaction; so every change is in the audit,
 * whatever fails in between. At the end of the request, the entry is removed if nothing was changed, and the status is
 * corrected if the answer has another one than the change expected.
 */
@Singleton
public class Audit {
    private static final Logger LOG = Logger.getLogger(Audit.class);
    private static final int MAX_CHARACTERS = 500;
    private static final int NOT_COMMITTED = 0;
    private static final Pattern ID_IN_PATH =
            Pattern.compile("/([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|dlv_[0-9_]+)(?:/|$)");

    private final AuditRepository repository;
    private final Set<Future<Void>> unwritten = ConcurrentHashMap.newKeySet();

    @Inject
    Audit(AuditRepository repository) {
        this.repository = repository;
    }

    /** The change may be made only after this has succeeded. */
    public Future<Void> begin(RoutingContext context, Caller caller) {
        HttpServerRequest request = context.request();
        return repository
                .begin(
                        caller,
                        origin(context),
                        request.method().name(),
                        shortened(request.path()).orElse("/"))
                .compose(id -> {
                    RequestEnd end = RequestEnd.of(context);
                    if (end.isOver()) {
                        return repository.takeBack(id).compose(taken -> Future.failedFuture("nobody waits any more"));
                    }
                    AtomicInteger committed = new AtomicInteger(NOT_COMMITTED);
                    AuditedChange.Entry entry = (transaction, status, resourceId, fields) -> transaction
                            .map(within -> repository.complete(within, id, status, resourceId, fields))
                            .orElseGet(() -> repository.complete(id, status, resourceId, fields))
                            .onSuccess(done -> committed.set(status));
                    entry.putInto(context);
                    end.then(() -> end(context, id, committed.get()));
                    return Future.succeededFuture();
                })
                .mapEmpty();
    }

    /** Completes once the entries of all changes that this process has answered so far can be read. */
    Future<?> written() {
        return Future.join(List.copyOf(unwritten)).otherwiseEmpty();
    }

    private void end(RoutingContext context, long id, int committed) {
        Future<Void> writing = ending(context, id, committed);
        unwritten.add(writing);
        writing.onFailure(failure -> LOG.warnf("audit entry not completed id=%d cause=%s", id, failure))
                .onComplete(done -> unwritten.remove(writing));
    }

    private Future<Void> ending(RoutingContext context, long id, int committed) {
        if (!AuditedChange.isAskedFor(context)) {
            return repository.takeBack(id); // the request ended before its change, so nothing was changed
        }
        int status = context.response().getStatusCode();
        if (!context.response().ended()) {
            // the connection was closed before the answer; if the change is still made, it completes the entry
            return repository.note(id, resourceId(context), ChangeNote.fields(context));
        }
        if (status >= 400 && status < 500 && committed == NOT_COMMITTED) {
            return repository.takeBack(id);
        }
        return status == committed
                ? Future.succeededFuture()
                : repository.complete(id, status, resourceId(context).orElse(null), ChangeNote.fields(context));
    }

    private static Optional<String> resourceId(RoutingContext context) {
        String location = context.response().headers().get("Location");
        return ChangeNote.id(context)
                .or(() -> location == null ? Optional.empty() : idIn(location))
                .or(() -> idIn(String.valueOf(context.request().path())));
    }

    static Optional<String> idIn(String path) {
        Matcher matcher = ID_IN_PATH.matcher(path);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** A change through the page comes from the browser, not from the page. */
    private static Origin origin(RoutingContext context) {
        HttpServerRequest request = context.request();
        return PageCalls.of(context)
                .map(call ->
                        new Origin(call.address(), shortened(call.userAgent().orElse(null))))
                .orElseGet(() -> new Origin(address(request), shortened(request.getHeader("User-Agent"))));
    }

    private static Optional<String> address(HttpServerRequest request) {
        SocketAddress remote = request.remoteAddress();
        return remote == null ? Optional.empty() : Optional.ofNullable(remote.hostAddress());
    }

    private static Optional<String> shortened(@Nullable String text) {
        return text == null || text.isEmpty() || !JsonBody.isStorable(text)
                ? Optional.empty()
                : Optional.of(text.length() > MAX_CHARACTERS ? text.substring(0, MAX_CHARACTERS) : text);
    }
}
