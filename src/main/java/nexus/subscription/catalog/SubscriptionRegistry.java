package nexus.subscription.catalog;

import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import nexus.api.caller.AuditedChange;
import nexus.refusal.Refusal;
import nexus.subscription.Kind;
import nexus.subscription.Missed;
import nexus.subscription.Mode;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.warning.EndpointReach;
import nexus.subscription.warning.MissedWarning;
import nexus.subscription.warning.TableCoverage;
import nexus.subscription.warning.Warning;
import nexus.target.Senders;
import nexus.target.TargetType;

/**
 * Makes, changes and removes subscriptions so that the change holds when the caller hears of it: stored, then known to
 * this process, then covered by the source.
 */
@Singleton
public class SubscriptionRegistry {
    private final SubscriptionRepository repository;
    private final SubscriptionCatalog catalog;
    private final TableCoverage coverage;
    private final EndpointReach reach;
    private final Senders senders;
    private final MissedEvents missed;

    /** A subscription, with the events that it has missed and warnings for the caller. */
    public record Registered(Subscription subscription, Missed missed, List<Warning> warnings) {
        public Registered with(Optional<Warning> another) {
            return new Registered(
                    subscription,
                    missed,
                    Stream.concat(another.stream(), warnings.stream()).toList());
        }
    }

    /** A subscription that is active, with the result of the last step. */
    public record Enabled<T>(Registered registered, T result) {}

    @Inject
    public SubscriptionRegistry(
            SubscriptionRepository repository,
            SubscriptionCatalog catalog,
            TableCoverage coverage,
            EndpointReach reach,
            Senders senders,
            MissedEvents missed) {
        this.repository = repository;
        this.catalog = catalog;
        this.coverage = coverage;
        this.reach = reach;
        this.senders = senders;
        this.missed = missed;
    }

    public Future<Registered> create(Kind kind, SubscriptionDraft draft, AuditedChange audited) {
        Optional<Refusal> refusal = refusal(draft);
        return refusal.isPresent()
                ? Future.failedFuture(refusal.get())
                : repository.insert(UUID.randomUUID(), kind, draft, audited).compose(this::takeEffect);
    }

    public Future<Registered> change(UUID id, Function<Subscription, SubscriptionDraft> change, AuditedChange audited) {
        return repository
                .update(
                        id,
                        before -> checked(before, change.apply(before)),
                        (transaction, changed) -> Future.succeededFuture(changed),
                        audited)
                .compose(changed -> takeEffect(changed.after())
                        .map(registered -> registered.with(MissedWarning.of(changed.after(), changed.missed()))));
    }

    /**
     * Makes one active.
     *
     * @param last the last step of the transaction; it gets the events that were missed
     */
    public <T> Future<Enabled<T>> enable(UUID id, SubscriptionRepository.LastStep<T> last, AuditedChange audited) {
        return repository
                .update(
                        id,
                        before -> before.draft().with(Mode.ACTIVE),
                        (transaction, changed) -> last.run(transaction, changed)
                                .map(result -> new Enabled<>(
                                        new Registered(changed.after(), changed.missed(), List.of()), result)),
                        audited)
                .compose(enabled -> takeEffect(enabled.registered().subscription())
                        .map(registered -> new Enabled<>(registered, enabled.result())));
    }

    private SubscriptionDraft checked(Subscription before, SubscriptionDraft after) {
        if (before.target().type() != after.settings().target().type()) {
            refusal(after).ifPresent(refusal -> {
                throw refusal;
            });
        }
        return after;
    }

    /** A target that nothing can ever be sent to. */
    private Optional<Refusal> refusal(SubscriptionDraft draft) {
        TargetType type = draft.settings().target().type();
        return senders.unavailable(type).map(why -> new Refusal.Invalid("/targetType", type + " " + why));
    }

    /** Done when this process knows it; others know it within seconds, while the former secret signs too. */
    public Future<Subscription> rotate(
            UUID id, SigningSecret secret, Instant now, Instant until, AuditedChange audited) {
        return repository.rotate(id, secret, now, until, audited).compose(rotated -> catalog.reload()
                .map(rotated));
    }

    public Future<Void> delete(UUID id, Optional<Kind> kind, AuditedChange audited) {
        return repository
                .delete(id, kind, audited)
                .compose(deleted -> catalog.reload())
                .mapEmpty();
    }

    /** Adds the events that they have missed, and warnings about events that they select and do not receive. */
    public Future<List<Registered>> withLosses(List<Subscription> subscriptions) {
        return coverage.losses(subscriptions.stream().map(Subscription::id).toList())
                .compose(losses -> missed.of(lanesThatMiss(subscriptions)).map(byLane -> subscriptions.stream()
                        .map(one -> new Registered(
                                one,
                                byLane.getOrDefault(one.lane(), Missed.NONE),
                                losses.getOrDefault(one.id(), List.of())))
                        .toList()));
    }

    /** An active one has missed nothing. */
    private static List<Integer> lanesThatMiss(List<Subscription> subscriptions) {
        return subscriptions.stream()
                .filter(one -> !one.isActive())
                .map(Subscription::lane)
                .toList();
    }

    private Future<Registered> takeEffect(Subscription subscription) {
        return catalog.reload()
                .compose(reloaded -> coverage.cover(subscription))
                .compose(warnings -> missed.of(lanesThatMiss(List.of(subscription)))
                        .compose(byLane -> reach.warning(subscription.target())
                                .map(warning -> new Registered(
                                        subscription,
                                        byLane.getOrDefault(subscription.lane(), Missed.NONE),
                                        Stream.concat(warnings.stream(), warning.stream())
                                                .toList()))));
    }
}
