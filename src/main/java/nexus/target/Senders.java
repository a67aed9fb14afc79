package nexus.target;

import io.quarkus.arc.All;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import nexus.shape.Parcel;

/** The senders of all types of targets, as one. */
@Singleton
public final class Senders {
    private final Map<TargetType, Sender<?>> byType = new EnumMap<>(TargetType.class);

    /** @throws IllegalStateException unless there is one for each type */
    @Inject
    public Senders(@All List<Sender<?>> senders) {
        for (Sender<?> sender : senders) {
            if (byType.put(sender.type(), sender) != null) {
                throw new IllegalStateException("two senders for targets of the type " + sender.type());
            }
        }
        for (TargetType type : TargetType.values()) {
            if (!byType.containsKey(type)) {
                throw new IllegalStateException("no sender for targets of the type " + type);
            }
        }
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
            throw new IllegalStateException("the constructor checks all types");
        }
        return (Sender<Target>) sender;
    }
}
