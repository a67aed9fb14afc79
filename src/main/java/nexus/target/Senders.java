package nexus.target;

import io.quarkus.arc.All;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.shape.Parcel;

/** The senders of all types of targets, as one. */
@Singleton
public final class Senders {
    private final Map<TargetType, Sender<?>> byType = new EnumMap<>(TargetType.class);

    /** @throws IllegalStateException if there are two for one type */
    @Inject
    public Senders(@All List<Sender<?>> senders) {
        for (Sender<?> sender : senders) {
            if (byType.put(sender.type(), sender) != null) {
                throw new IllegalStateException("two senders for targets of the type " + sender.type());
            }
        }
    }

    /**
     * Checks that targets of a type can be sent to at all.
     *
     * @return why not, in words that continue the name of the type; empty when they can
     */
    public Optional<String> unavailable(TargetType type) {
        Sender<?> sender = byType.get(type);
        return sender == null ? Optional.empty() : sender.unavailable();
    }

    /** Makes one request: see {@link Sender#send}. */
    public Future<SendResult> send(Target target, Parcel parcel, int attempt, Permission permission) {
        return of(target).send(target, parcel, attempt, permission);
    }

    /** The request that would be made: see {@link Sender#describe}. */
    public Described describe(Target target, Parcel parcel, int attempt) {
        return of(target).describe(target, parcel, attempt);
    }

    /** See {@link Sender#cutOff}. */
    public void cutOff() {
        byType.values().forEach(Sender::cutOff);
    }

    @SuppressWarnings("unchecked") // each sender stands under the type of its own targets
    private Sender<Target> of(Target target) {
        Sender<?> sender = byType.get(target.type());
        if (sender == null) {
            throw new IllegalStateException("no sender for targets of the type " + target.type());
        }
        return (Sender<Target>) sender;
    }
}
