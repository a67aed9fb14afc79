import com.fasterxml.jackson.core.JsonProcessingException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import nexus.client.ApiClient;
import nexus.client.ApiException;
import nexus.client.api.*;
import nexus.client.model.*;

/**
 * What a user of the generated client writes: every call of the API, and every filter of its lists. Takes the URL and a key
 * of Nexus and the URL of a receiver that answers {@code /ok} with 200, {@code /later} with 503 and all else with 500; prints
 * each request, and ends with 1 when an answer is not the expected one.
 */
final class Journey {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ApiClient client;
    private final String url;
    private final String receiver;
    private final StatusApi status;
    private final SubscriptionsApi subscriptions;
    private final EventsApi events;
    private final DeliveriesApi deliveries;
    private final KeysApi keys;
    private final ListenersApi listeners;
    private final ReplaysApi replays;
    private final BackfillsApi backfills;
    private final OffsetDateTime since = OffsetDateTime.now(ZoneOffset.ofHours(2)).minusHours(1);
    private final OffsetDateTime until = since.plusHours(2);
    private final String type = "journey." + UUID.randomUUID();

    /** A call whose answer may have to be awaited. */
    private interface Call<T> {
        T make() throws ApiException;
    }

    private Journey(String url, String key, String receiver) {
        this.url = url;
        this.receiver = receiver;
        this.client = client(key);
        this.status = new StatusApi(client);
        this.subscriptions = new SubscriptionsApi(client);
        this.events = new EventsApi(client);
        this.deliveries = new DeliveriesApi(client);
        this.keys = new KeysApi(client);
        this.listeners = new ListenersApi(client);
        this.replays = new ReplaysApi(client);
        this.backfills = new BackfillsApi(client);
    }

    public static void main(String[] arguments) throws ApiException, JsonProcessingException {
        Journey journey = new Journey(arguments[0], arguments[1], arguments[2]);
        journey.status();
        journey.listener();
        journey.subscription();
        journey.failedDelivery();
        journey.cancelledDelivery();
        journey.tables();
        journey.inbox();
        journey.keys();
        journey.source();
    }

    private ApiClient client(String key) {
        ApiClient made = new ApiClient();
        made.updateBaseUri(url);
        made.setRequestInterceptor(request -> {
            request.header("X-API-Key", key);
            System.out.println(request.copy().build().method() + " "
                    + request.copy().build().uri().getPath());
        });
        return made;
    }

    private void tables() throws ApiException {
        SourceApi source = new SourceApi(client);
        expect(
                source.listSourceTables("users", 10, null).getData().stream()
                        .anyMatch(table -> table.getTable().equals("users")),
                "the demo table");
        expect(source.listSourcePublications().getData().size() == 2, "publications");
        expect(source.listSourceGaps(10, null).getNext() == null, "gaps");
    }

    private void inbox() throws ApiException {
        InboxApi inboxes = new InboxApi(client);
        String name = "journey-" + UUID.randomUUID();
        Inbox chosen = inboxes.changeInbox(
                name, new InboxChange().reply(new InboxReplyChoice().status(503).retryAfter(1).times(2)));
        expect(chosen.getReply().getStatus() == 503 && chosen.getReply().getTimes() == 2, chosen);
        expect(inboxes.getInbox(name).getRequests().isEmpty(), chosen);
        expect(
                inboxes.listInboxes().getData().stream()
                        .anyMatch(found -> found.getName().equals(name)),
                name);
        inboxes.deleteInbox(name);
        expect(inboxes.getInbox(name).getReply().getStatus() == 200, name);
    }

    private void status() throws ApiException {
        Health health = await(status::getHealth, found -> found.getStatus() == HealthStatus.HEALTH_OK);
        expect(!health.getVersion().isEmpty(), health);
        Stats stats = status.getStats();
        expect(stats.getDeliveriesTotal() >= 0, stats);
        Series series = status.getSeries(since, "1m", null);
        expect(series.getData().getFirst().getFailed().get5xx() >= 0, series);
        expect(status.getMetrics().contains("nexus_"), "meters");
        Troubles troubles = status.getTroubles();
        expect(troubles.getData().size() <= 100, troubles);
        Settings settings = status.getSettings();
        expect(settings.getData().stream().anyMatch(one -> one.getName().equals("RETENTION")), settings);
        Diagnosis diagnosis = status.getDoctor();
        expect(!diagnosis.getChecks().isEmpty(), diagnosis);
    }

    private void listener() throws ApiException {
        ListenerMade made = listeners.createListener(new ListenerCreate()
                .name("journey")
                .sourceTable("users")
                .event(RowOperation.INSERT)
                .targetUrl(URI.create(receiver + "/ok?listener=" + type)));
        UUID id = made.getData().getId();
        expect(!made.getData().getSecret().isEmpty(), made);
        expect(
                listeners.listListeners(250, null).getData().stream()
                        .anyMatch(found -> found.getId().equals(id)),
                id);
        String email = type + "@example.com";
        DemoUserMade user = new DemoApi(client).createDemoUser(new DemoUserCreate().email(email).name("Ada"));
        expect(user.getData().getEmail().equals(email), user);
        LogPage log = await(
                () -> listeners.listLogs(id, AttemptResult.ATTEMPT_SUCCESS, 10, null),
                page -> !page.getData().isEmpty());
        expect(log.getData().getFirst().getListenerId().equals(id), log);
        expect(log.getData().getFirst().getPayloadReceived() instanceof Map<?, ?>, log);
        expect(listeners.listLogs(id, AttemptResult.ATTEMPT_FAILED, 10, null).getData().isEmpty(), log);
        listeners.deleteListener(id);
    }

    private void subscription() throws ApiException, JsonProcessingException {
        SubscriptionWithSecret made = subscriptions.createSubscription(new SubscriptionCreate()
                .endpointUrl(URI.create(receiver + "/ok"))
                .eventTypes(List.of(type, type + ".**"))
                .headers(Map.of("X-Journey", "secret", "Accept", "application/json"))
                .auth(new TargetAuth(new BearerToken().type(BearerToken.TypeEnum.BEARER).token("t0ken")))
                .ordering(Ordering.KEY)
                .signing(Signing.ED25519)
                .rateLimit(1_000)
                .retry(new Retry().maxAttempts(3).cap("10m"))
                .deadOn(List.of(418)));
        UUID id = made.getId();
        expect(made.getSecret().startsWith("whsec_") && made.getPublicKey() != null, made);

        Subscription shown = subscriptions.getSubscription(id);
        expect(shown.getHeaders().equals(Map.of("X-Journey", "***", "Accept", "application/json")), shown);
        expect(((BearerToken) shown.getAuth().getActualInstance()).getToken().equals("***"), shown);
        expect(shown.getRetry().getMaxAttempts() == 3 && shown.getRetry().getBaseSeconds() == null, shown);

        Subscription changed = subscriptions.changeSubscription(
                id, new SubscriptionUpdate().name("renamed").concurrency(8).rateLimit(null));
        expect(changed.getName().equals("renamed") && changed.getConcurrency() == 8, changed);
        expect(changed.getRateLimit() == null, changed);
        expect(changed.getEventTypes().size() == 2 && changed.getHeaders().size() == 2, changed);
        expect(changed.getDeadOn().equals(List.of(418)) && changed.getAuth() != null, changed);

        Set<UUID> listed = new HashSet<>();
        String cursor = null;
        do {
            SubscriptionPage page = subscriptions.listSubscriptions(SubscriptionState.ACTIVE, true, 1, cursor);
            page.getData().forEach(one -> listed.add(one.getId()));
            cursor = listed.contains(id) ? null : page.getNext();
        } while (cursor != null);
        expect(listed.contains(id), listed);

        TargetTypePage types = subscriptions.listTargetTypes();
        expect(types.getData().getFirst().getTargetType() == shown.getTargetType(), types);

        Subscription paused = subscriptions.pauseSubscription(id);
        expect(paused.getState() == SubscriptionState.PAUSED && paused.getIsEnabled(), paused);
        SubscriptionEnabled active = subscriptions.enableSubscription(
                id, new SubscriptionEnable().catchUp(new CatchUp(new CatchUpSince().since(since))));
        expect(active.getState() == SubscriptionState.ACTIVE && active.getReplayId() != null, active);

        RotatedSecret rotated = subscriptions.rotateSecret(id, new SecretRotation().overlap("2d"));
        expect(rotated.getOldSecretExpiresAt().isAfter(until), rotated);
        Attempt attempt = subscriptions.testSubscription(id);
        expect(attempt.getStatusCode() == 200 && attempt.getError() == null, attempt);

        EventAccepted event = events.publishEvent(event().orderingKey("a"), type + "-key");
        expect(event.getDeliveries() == 1 && !event.getDeduplicated(), event);
        expect(problem(() -> events.publishEvent(event().orderingKey("b"), type + "-key"), 422)
                .getCode()
                .equals("idempotency-key-reused"), event);
        EventBatchAccepted batch = events.publishEvents(
                new EventBatchCreate().events(List.of(event(), event().createdAt(since.plusMinutes(50)))), null);
        expect(batch.getEvents().size() == 2, batch);

        await(() -> events.getEventSummary(event.getEventId()), found -> found.getStatus() == EventStatus.EVENT_DELIVERED);
        EventTypesSeen seen = events.listEventTypes();
        expect(seen.getData().stream().anyMatch(one -> one.getType().equals(type)), seen);
        EventPage first = events.listEvents(type, null, since, until, 2, null);
        EventPage rest = events.listEvents(type, null, since, until, 250, first.getNext());
        EventPage none = events.listEvents(null, "public.orders:4711", null, null, null, null);
        expect(none.getData().isEmpty() && none.getNext() == null, none);
        expect(first.getData().size() == 2 && rest.getData().size() == 1 && rest.getNext() == null, rest);
        Event whole = events.getEvent(event.getEventId());
        expect(((Map<?, ?>) whole.getPayload().getData()).get("userId").equals("u_123"), whole);
        expect(whole.getDeliveries().getFirst().getAttemptLog().size() == 1, whole);
        expect(whole.getDeliveries().getFirst().getSubscriptionId().equals(id), whole);

        ExplanationPage explained = events.explainEvent(event.getEventId(), id, 10, null);
        expect(explained.getData().getFirst().getMatched() && explained.getData().getFirst().getDeliveryId() != null, explained);
        SubscriptionCreate tried =
                new SubscriptionCreate().endpointUrl(URI.create(receiver + "/ok")).eventTypes(List.of(type));
        Preview one = subscriptions.previewSubscription(
                new PreviewRequest().subscription(tried).eventId(event.getEventId()));
        expect(one.getEventPreview().getMatched() && one.getEventPreview().getRequest().getMethod().equals("POST"), one);
        Preview many = subscriptions.previewSubscription(new PreviewRequest().subscription(tried).last(250));
        expect(many.getCountPreview().getMatched() >= 3, many);

        await(() -> subscriptions.getSubscriptionStats(id), found -> found.getDeliveriesSent() == 3);
        SubscriptionStats stats = subscriptions.getSubscriptionStats(id);
        expect(stats.getBreaker().getState() == BreakerState.CLOSED && stats.getLatencyMs() != null, stats);

        replays(id);
        backfills(id);

        AuditPage audit = keys.listAudit(null, id.toString(), since, until, 2, null);
        expect(audit.getData().getFirst().getMethod().equals("POST"), audit);
        AuditPage more = keys.listAudit(audit.getData().getFirst().getActor(), id.toString(), since, until, 250, audit.getNext());
        expect(!more.getData().isEmpty(), more);

        subscriptions.deleteSubscription(id);
        expect(problem(() -> subscriptions.getSubscription(id), 404).getCode().equals("not-found"), id);
    }

    private void backfills(UUID subscription) throws ApiException, JsonProcessingException {
        BackfillCreate wanted = new BackfillCreate()
                .subscriptionId(subscription)
                .table("users")
                .where("email = 'nobody@example.com'")
                .rateLimit(100);
        Backfill made = backfills.createBackfill(wanted);
        expect(made.getTotal() == 0L && made.getTable().equals("public.users"), made);
        Backfill ended =
                await(() -> backfills.getBackfill(made.getId()), found -> found.getState() == JobState.JOB_DONE);
        expect(ended.getDone() == 0L && ended.getFinishedAt() != null, ended);
        BackfillPage page = backfills.listBackfills(subscription, JobState.JOB_DONE, 10, null);
        expect(page.getData().getFirst().getId().equals(made.getId()) && page.getNext() == null, page);
        expect(problem(() -> backfills.pauseBackfill(made.getId()), 409).getCode().equals("job-ended"), page);
        expect(problem(() -> backfills.resumeBackfill(made.getId()), 409).getCode().equals("job-ended"), page);
        expect(problem(() -> backfills.cancelBackfill(made.getId()), 409).getCode().equals("job-ended"), page);
    }

    private void replays(UUID subscription) throws ApiException, JsonProcessingException {
        ReplayCreate wanted = new ReplayCreate()
                .subscriptionId(subscription)
                .since(since)
                .types(List.of(type + ".none"))
                .status(ReplayStatus.REPLAY_ANY)
                .rateLimit(1);
        ReplayStarted counted = replays.createReplay(wanted.dryRun(true));
        expect(counted.getTotal() == 0L && counted.getIsExact() && counted.getId() == null, counted);
        ReplayStarted made = replays.createReplay(wanted.dryRun(false));
        expect(made.getTotal() == 0L && made.getSubscriptionId().equals(subscription), made);
        Replay ended = await(() -> replays.getReplay(made.getId()), found -> found.getState() == JobState.JOB_DONE);
        expect(ended.getDone() == 0L && ended.getFinishedAt() != null, ended);
        ReplayPage page = replays.listReplays(subscription, JobState.JOB_DONE, 10, null);
        expect(page.getData().getFirst().getId().equals(made.getId()) && page.getNext() == null, page);
        expect(problem(() -> replays.pauseReplay(made.getId()), 409).getCode().equals("job-ended"), page);
        expect(problem(() -> replays.resumeReplay(made.getId()), 409).getCode().equals("job-ended"), page);
        expect(problem(() -> replays.cancelReplay(made.getId()), 409).getCode().equals("job-ended"), page);
    }

    private void failedDelivery() throws ApiException, JsonProcessingException {
        UUID id = subscriptions
                .createSubscription(new SubscriptionCreate()
                        .endpointUrl(URI.create(receiver + "/fails"))
                        .eventTypes(List.of(type))
                        .deadOn(List.of(500)))
                .getId();
        UUID event = events.publishEvent(event(), null).getEventId();
        Delivery dead = dead(id, event);
        expect(dead.getLastStatusCode() == 500 && dead.getNextRunAt() == null, dead);
        DeliveryWithAttempts whole = deliveries.getDelivery(dead.getId());
        expect(whole.getAttemptLog().getFirst().getStatusCode() == 500, whole);
        expect(problem(() -> deliveries.cancelDelivery(dead.getId()), 409).getCode().equals("delivery-status"), whole);

        SentRequest sent = deliveries.getDeliveryRequest(dead.getId(), 1);
        expect(sent.getMethod().equals("POST") && sent.getSigned(), sent);
        SignatureCheck check = deliveries.verifyDeliverySignature(
                dead.getId(),
                new SignatureReceived()
                        .timestamp(sent.getHeaders().get("webhook-timestamp"))
                        .signature(sent.getHeaders().get("webhook-signature")));
        expect(check.getValid(), check);
        DeadGroups groups = deliveries.groupDeadDeliveries(id, since, until);
        expect(groups.getData().getFirst().getDeadReason() == DeadReason.DEAD_REFUSED, groups);
        expect(deliveries.retryDeliveries(new RetryFilter().subscriptionId(id).dryRun(true)).getTotal() == 1, groups);

        expect(deliveries.retryDelivery(dead.getId()).getRetried() == 1, whole);
        dead(id, event);
        expect(deliveries.retryDeliveriesOfEvent(event).getRetried() == 1, whole);
        dead(id, event);
        RetryFilter filter = new RetryFilter()
                .status(RetryableStatus.RETRY_DEAD)
                .subscriptionId(id)
                .type(type)
                .since(since)
                .until(until);
        expect(deliveries.retryDeliveries(filter).getRetried() == 1, filter);
        dead(id, event);

        events.erasePayload(event);
        Event erased = events.getEvent(event);
        expect(erased.getPayloadErased() && erased.getPayload() == null, erased);
        expect(problem(() -> deliveries.retryDelivery(dead.getId()), 410).getCode().equals("gone"), erased);
        subscriptions.deleteSubscription(id);
    }

    private Delivery dead(UUID subscription, UUID event) throws ApiException {
        DeliveryPage page = await(
                () -> deliveries.listDeliveries(
                        DeliveryStatus.DELIVERY_DEAD, subscription, event, type, since, until, null, null, 500, 5, null),
                found -> !found.getData().isEmpty());
        expect(page.getData().size() == 1 && page.getNext() == null, page);
        return page.getData().getFirst();
    }

    private void cancelledDelivery() throws ApiException {
        UUID id = subscriptions
                .createSubscription(new SubscriptionCreate()
                        .endpointUrl(URI.create(receiver + "/later"))
                        .eventTypes(List.of(type))
                        .retry(new Retry().baseSeconds(3_600)))
                .getId();
        UUID event = events.publishEvent(event(), null).getEventId();
        DeliveryPage failed = await(
                () -> deliveries.listDeliveries(
                        DeliveryStatus.DELIVERY_FAILED, id, event, null, null, null, null, null, 503, null, null),
                found -> !found.getData().isEmpty());
        DeliveryWithAttempts cancelled =
                deliveries.cancelDelivery(failed.getData().getFirst().getId());
        expect(cancelled.getStatus() == DeliveryStatus.DELIVERY_DEAD, cancelled);
        expect(cancelled.getDeadReason().equals("cancelled"), cancelled);
        subscriptions.deleteSubscription(id);
    }

    private void keys() throws ApiException, JsonProcessingException {
        KeyWithSecret made = keys.createKey(new KeyCreate()
                .name(type)
                .scopes(List.of(Scope.READ))
                .expiresAt(OffsetDateTime.now(ZoneOffset.UTC).plusDays(1)));
        ApiClient reader = client(made.getKey());
        expect(new EventsApi(reader).listEvents(null, null, null, null, null, null) != null, made);
        expect(problem(() -> new EventsApi(reader).publishEvent(event(), null), 403)
                .getCode()
                .equals("forbidden"), made);
        expect(keys.getKey(made.getId()).getScopes().equals(List.of(Scope.READ)), made);
        expect(keys.listKeys(250, null).getData().stream()
                .anyMatch(key -> key.getId().equals(made.getId())), made);
        keys.deleteKey(made.getId());
        expect(problem(() -> new StatusApi(reader).getStats(), 401).getCode().equals("unauthorized"), made);
    }

    private void source() throws JsonProcessingException {
        SourceResetRequest now = new SourceResetRequest().from(SourceResetRequest.FromEnum.NOW);
        Problem refused = problem(() -> new SourceApi(client).resetSource(now), 409);
        expect(refused.getCode().equals("capture-not-lost") && refused.getErrors().isEmpty(), refused);
    }

    private EventCreate event() {
        return new EventCreate().type(type).data(Map.of("userId", "u_123", "balance", 12.5)).metadata(Map.of());
    }

    private <T> Problem problem(Call<T> call, int status) throws JsonProcessingException {
        try {
            throw new AssertionError("answered with " + call.make() + " and not with " + status);
        } catch (ApiException refused) {
            expect(refused.getCode() == status, refused);
            return client.getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
        }
    }

    private static <T> T await(Call<T> call, Predicate<T> isThere) throws ApiException {
        Instant end = Instant.now().plus(PATIENCE);
        while (true) {
            T found = call.make();
            if (isThere.test(found)) {
                return found;
            }
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("still " + found);
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    private static void expect(boolean isRight, Object shown) {
        if (!isRight) {
            throw new AssertionError(shown);
        }
    }
}
