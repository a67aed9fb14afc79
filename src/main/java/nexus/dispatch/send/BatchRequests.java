package nexus.dispatch.send;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import nexus.dispatch.outcome.BatchAnswer;
import nexus.dispatch.outcome.Reply;
import nexus.event.EventId;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import nexus.shape.BatchParcel;
import nexus.shape.Parcel;
import nexus.shape.Shaped;
import nexus.shape.Unshapable;
import nexus.subscription.Subscription;
import nexus.target.Answer;
import nexus.target.Permission;
import nexus.target.SendResult;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes requests with several deliveries each, and divides the answer among them. */
final class BatchRequests {
    private static final Logger LOG = Logger.getLogger(BatchRequests.class);
    /** Characters of the answer that are kept for all deliveries of a batch together, and at least for each of them. */
    private static final int KEPT = 16 * 1024;

    private static final int LEAST_KEPT = 256;

    private final SubscriptionSender sender;
    private final Permission permission;

    BatchRequests(SubscriptionSender sender, Permission permission) {
        this.sender = sender;
        this.permission = permission;
    }

    /** A batch while its contents are collected. A member without content and without result is not sent. */
    private static final class Draft {
        final List<Ready> members;
        final List<@Nullable SendResult> results;
        final List<Integer> sent = new ArrayList<>(); // which of the members
        final List<Parcel> contents = new ArrayList<>();
        long bytes;
        int attempt = 1;

        Draft(List<Ready> members) {
            this.members = members;
            this.results = new ArrayList<>(members.size());
            members.forEach(member -> results.add(null));
        }

        boolean fits(Parcel content) {
            return contents.isEmpty()
                    || BatchParcel.size(
                                    contents.size() + 1, bytes + content.body().length())
                            <= BatchParcel.MAX_BYTES;
        }

        void add(int member, Parcel content) {
            sent.add(member);
            contents.add(content);
            bytes += content.body().length();
            attempt = Math.max(attempt, members.get(member).delivery().nextAttempt());
        }

        /** Names the replays and backfills of its events. */
        Parcel replayed(Parcel batch) {
            String jobs = sent.stream()
                    .map(member -> members.get(member).delivery().job())
                    .filter(Objects::nonNull)
                    .map(UUID::toString)
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "));
            return jobs.isEmpty() ? batch : batch.replayedBy(jobs);
        }

        Reply reply(SendResult result, Optional<UUID> batch) {
            return new Reply(result, results.stream().map(Optional::ofNullable).toList(), batch);
        }
    }

    /** The future never fails. */
    Future<Reply> make(List<Ready> members, Subscription subscription, Instant now) {
        Draft draft = new Draft(members);
        for (int i = 0; i < members.size(); i++) {
            if (!add(draft, i, subscription)) {
                break; // the others go with the next one
            }
        }
        if (draft.contents.isEmpty()) {
            SendResult first = draft.results.getFirst();
            return sender.later(draft.reply(first == null ? SubscriptionSender.notMade() : first, Optional.empty()));
        }
        Parcel batch = draft.replayed(BatchParcel.of(draft.contents));
        return sender.send(subscription, batch, draft.attempt, now, permission)
                .map(result -> divide(draft, result, batch.eventId().value()));
    }

    /** @return false when no later one may be added */
    private boolean add(Draft draft, int member, Subscription subscription) {
        Shaped shaped = shape(draft.members.get(member), subscription);
        switch (shaped) {
            case null -> {
                draft.results.set(member, SubscriptionSender.notMade());
                return false; // it is retried, and no later one of its key may be sent before
            }
            case Unshapable unshapable ->
                draft.results.set(
                        member,
                        new SendResult.Unsendable(unshapable.reason().text(), unshapable.message(), Duration.ZERO));
            case Parcel content -> {
                if (!draft.fits(content)) {
                    return false;
                }
                draft.add(member, content);
            }
        }
        return true;
    }

    /** Null when its request cannot be made. */
    private @Nullable Shaped shape(Ready member, Subscription subscription) {
        OwedDelivery row = member.delivery();
        OwedBody body = member.body();
        Buffer bytes = body == null ? null : body.bytes();
        if (body == null || bytes == null) { // the lane gives such a delivery up before it is sent
            return null;
        }
        try {
            return sender.shape(subscription, new EventId(row.eventId()), body.type(), bytes);
        } catch (RuntimeException | Error e) { // otherwise the delivery would be in flight for ever
            LOG.errorf(e, "event could not be shaped event=%s lane=%d", row.eventId(), row.lane());
            return null;
        }
    }

    /** Gives each delivery that was sent its result: a 2xx may name events that are to be sent again. */
    private static Reply divide(Draft draft, SendResult result, UUID id) {
        SendResult accepted = shortened(result, draft.sent.size());
        SendResult rejected = accepted;
        BatchAnswer said = null;
        if (result instanceof SendResult.Delivered delivered && accepted.answer() != null) {
            said = BatchAnswer.read(delivered.answer().text());
            rejected = new SendResult.Refused(
                    said.isRejected()
                            ? "answered with a list of failed events that cannot be read"
                            : "answered that this event failed",
                    accepted.answer(),
                    new SendResult.Extent.ThisDelivery(),
                    result.took());
        }
        boolean isAnyAccepted = false;
        for (Integer member : draft.sent) {
            boolean hasFailed = said != null
                    && said.hasFailed(draft.members.get(member).delivery().eventId());
            draft.results.set(member, hasFailed ? rejected : accepted);
            isAnyAccepted |= !hasFailed;
        }
        return draft.reply(isAnyAccepted ? result : rejected, Optional.of(id));
    }

    /** The answer is kept with each delivery, so that less of it is kept in a large batch. */
    private static SendResult shortened(SendResult result, int members) {
        int most = Math.max(LEAST_KEPT, KEPT / members);
        Answer answer = result.answer();
        if (answer == null || answer.text().length() <= most) {
            return result;
        }
        int end = Character.isHighSurrogate(answer.text().charAt(most - 1)) ? most - 1 : most;
        Answer kept = new Answer(answer.code(), answer.text().substring(0, end));
        if (result instanceof SendResult.Delivered delivered) {
            return new SendResult.Delivered(kept, delivered.took());
        }
        return result instanceof SendResult.Refused refused
                ? new SendResult.Refused(refused.why(), kept, refused.extent(), refused.took())
                : result;
    }
}
