package nexus.access.key;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.ChangeNote;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.refusal.Refusal;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /v1/keys}: who may use the API, beside {@code API_KEYS}. */
@Singleton
@Path("/v1/keys")
@Produces(MediaType.APPLICATION_JSON)
public class KeyResource {
    private static final String LIST = "keys";
    private static final String PREFIX = "nxs_";
    private static final int KEY_BYTES = 32;
    private static final Pattern SHAPE = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{43}");

    private final KeyRepository repository;
    private final ApiKeys keys;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    @Inject
    KeyResource(KeyRepository repository, ApiKeys keys, Clock clock) {
        this.repository = repository;
        this.keys = keys;
        this.clock = clock;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<KeyView>> createKey(byte[] body, @Context RoutingContext context) {
        JsonBody json = JsonBody.parse(body);
        KeyRequest request = KeyRequest.read(json, clock);
        ChangeNote.fields(context, json.names());
        String text = newKey();
        return repository
                .insert(UUID.randomUUID(), request, Digest.of(text), AuditedChange.of(context, 201))
                .map(made -> {
                    keys.add(made);
                    return RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, KeyView.created(made, text))
                            .header(HttpHeaders.LOCATION, "/v1/keys/" + made.id())
                            .build();
                })
                .toCompletionStage();
    }

    @GET
    public CompletionStage<Page<KeyView>> listKeys(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        long below = query.below(LIST);
        int limit = query.limit();
        query.check();
        Map<UUID, Instant> seen = seen();
        return repository
                .list(below, limit + 1)
                .map(rows -> Page.of(rows, limit, last -> Cursor.of(LIST, last.number()))
                        .map(key -> KeyView.of(key, Optional.ofNullable(seen.get(key.id())))))
                .toCompletionStage();
    }

    @GET
    @Path("/{id}")
    public CompletionStage<KeyView> getKey(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        UUID known = Ids.inPath(id, "key");
        return repository
                .find(known)
                .map(found -> KeyView.of(
                        found.orElseThrow(() -> new Refusal.NotFound("There is no key with this id.")),
                        Optional.ofNullable(seen().get(known))))
                .toCompletionStage();
    }

    @DELETE
    @Path("/{id}")
    public CompletionStage<Void> deleteKey(@PathParam("id") String id, @Context RoutingContext context) {
        UUID known = Ids.inPath(id, "key");
        return repository
                .delete(known, AuditedChange.of(context, 204))
                .onSuccess(done -> keys.remove(known))
                .toCompletionStage();
    }

    /** Whether the text has the form of a stored key. */
    public static boolean isShapedLikeAKey(String text) {
        return SHAPE.matcher(text).matches();
    }

    private Map<UUID, Instant> seen() {
        return keys.stored()
                .filter(key -> key.lastUsedMillis() > 0)
                .collect(Collectors.toMap(
                        key -> key.id().orElseThrow(), key -> Instant.ofEpochMilli(key.lastUsedMillis())));
    }

    private String newKey() {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }
}
