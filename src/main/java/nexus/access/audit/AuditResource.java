package nexus.access.audit;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.concurrent.CompletionStage;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/audit}: the changes made through the API. */
@Singleton
@Path("/v1/audit")
@Produces(MediaType.APPLICATION_JSON)
public class AuditResource {
    private static final String LIST = "audit";

    private final AuditRepository repository;
    private final Audit audit;

    /** An entry as the API shows it. */
    @RegisterForReflection
    record EntryView(
            String id,
            String at,
            String actor,
            @Nullable String actorName,
            @Nullable String address,
            @Nullable String userAgent,
            String method,
            String path,
            @Nullable String resourceId,
            List<String> fields,
            @Nullable Integer status) {

        static EntryView of(AuditEntry entry) {
            return new EntryView(
                    Long.toString(entry.id()),
                    EventBody.timestamp(entry.at()),
                    entry.actor(),
                    entry.actorName().orElse(null),
                    entry.address().orElse(null),
                    entry.userAgent().orElse(null),
                    entry.method(),
                    entry.path(),
                    entry.resourceId().orElse(null),
                    entry.fields(),
                    entry.status().orElse(null));
        }
    }

    @Inject
    AuditResource(AuditRepository repository, Audit audit) {
        this.repository = repository;
        this.audit = audit;
    }

    @GET
    public CompletionStage<Page<EntryView>> listAudit(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        AuditRepository.Filter filter = new AuditRepository.Filter(
                query.text("actor"), query.text("resourceId"), query.timestamp("since"), query.timestamp("until"));
        long below = query.below(LIST);
        int limit = query.limit();
        query.check();
        return audit.written()
                .compose(written -> repository.list(filter, below, limit))
                .map(page -> new Page<>(
                        page.entries().stream().map(EntryView::of).toList(),
                        page.below().isPresent()
                                ? Cursor.of(LIST, page.below().getAsLong()).encode()
                                : null))
                .toCompletionStage();
    }
}
