package nexus.source;

import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.doctor.publication.TableFacts;
import nexus.event.TypePattern;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;

/** {@code GET /v1/source/tables}: the tables whose changes can be captured, and what is captured of each. */
@Singleton
@Path("/v1/source/tables")
@Produces(MediaType.APPLICATION_JSON)
public class SourceTableResource {
    private static final String LIST = "tables";

    private final Surveys surveys;
    private final SubscriptionCatalog subscriptions;
    private final Vertx vertx;

    @Inject
    SourceTableResource(Surveys surveys, SubscriptionCatalog subscriptions, Vertx vertx) {
        this.surveys = surveys;
        this.subscriptions = subscriptions;
        this.vertx = vertx;
    }

    @GET
    public CompletionStage<Page<TableView>> listSourceTables(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<String> name = query.text("name").map(text -> text.toLowerCase(Locale.ROOT));
        Optional<String> after = query.cursor(LIST, 1).map(cursor -> cursor.text(0));
        int limit = query.limit();
        query.check();
        return surveys.current()
                .compose(survey -> vertx.executeBlocking(() -> page(survey, name, after, limit), false))
                .toCompletionStage();
    }

    private Page<TableView> page(Survey survey, Optional<String> name, Optional<String> after, int limit) {
        List<TableFacts> rows = survey.tables().stream()
                .filter(facts -> name.isEmpty()
                        || facts.table().toString().toLowerCase(Locale.ROOT).contains(name.get()))
                .sorted(Comparator.comparing(SourceTableResource::key))
                .filter(facts -> after.isEmpty() || key(facts).compareTo(after.get()) > 0)
                .limit(limit + 1L)
                .toList();
        Map<List<TypePattern>, Integer> patterns = patterns();
        return Page.of(rows, limit, last -> Cursor.of(LIST, key(last)))
                .map(facts -> TableView.of(facts, survey, patterns));
    }

    private static String key(TableFacts facts) {
        return TableView.eventType(facts.table());
    }

    private Map<List<TypePattern>, Integer> patterns() {
        Map<List<TypePattern>, Integer> patterns = new HashMap<>();
        for (Subscription subscription : subscriptions.current().all()) {
            if (subscription.isEnabled() && subscription.selection().isAboutTables()) {
                patterns.merge(subscription.selection().patterns(), 1, Integer::sum);
            }
        }
        return patterns;
    }
}
